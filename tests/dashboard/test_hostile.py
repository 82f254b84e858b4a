"""Whatever a client sends comes out as text: no page gets a tag or an attribute that is not ours."""

from __future__ import annotations

from typing import Any, Final

import pytest

from flask_tasker import (
    Access,
    Annotation,
    PermanentError,
    StepRun,
    StepSequence,
    StepTemplate,
    TaskHandler,
    step,
    task_handler,
)
from tests.dashboard.conftest import Browser
from tests.dashboard.reading import Seen
from tests.http.conftest import Desk

TAGS: Final = """
a bdi body button code datalist dd defs details div dl dt fieldset footer form g h1 h2 h3 head header html input label
legend li link main marker meta nav ol option p path pre progress rect script section select span summary svg table
tbody td text textarea th thead time title tr ul use
"""
ATTRIBUTES: Final = """
action aria-current aria-describedby aria-hidden aria-invalid aria-label aria-labelledby aria-sort autocomplete
charset checked class colspan content d data-version datetime defer focusable for form formaction height href hx-ext
hx-get hx-swap hx-trigger id inputmode lang list marker-end markerheight markerunits markerwidth max maxlength method
name open orient refx refy rel role rx scope selected spellcheck src tabindex transform type value viewbox width x y
"""
SCRIPTS: Final = ("htmx.min.js", "idiomorph-ext.min.js", "task.js")
HOSTILE: Final = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</textarea></pre></title><svg onload=alert(1)>",
    "{{ 1234 * 5678 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egnitirw\u2066\u200f",
    "&lt;b&gt;&amp;",
    "\r\n\t\x07\x1b[31m",
]
ODD_NAME: Final = "</h1><b onclick=x>/../ü?#&"


class Nothing:
    """What steps are made of that do nothing."""

    def handle(self, _task: Any, _sequence: Any, _step: Any) -> None:
        """Do nothing."""


def register(desk: Desk) -> None:
    factory = desk.app.extensions["tasker"].handlers
    schema = {
        "description": HOSTILE[0],
        "type": "object",
        "properties": {ODD_NAME: {"type": "string", "description": HOSTILE[1], "enum": HOSTILE}},
    }

    @task_handler(ODD_NAME, namespace=ODD_NAME, version=ODD_NAME, factory=factory, schema=schema)
    class Odd(TaskHandler[Any]):
        __doc__ = " ".join(HOSTILE)
        step_templates = (
            StepTemplate(
                name=ODD_NAME, description=HOSTILE[1], dependent_system=ODD_NAME, skippable=True, handler_class=Nothing
            ),
        )

    @task_handler("hostile", factory=factory)
    class Hostile(TaskHandler[Any]):
        @step
        def good(self, run: StepRun[Any]) -> Any:
            return run.inputs

        @step
        def bad(self, run: StepRun[Any]) -> Any:
            raise PermanentError(run.inputs["said"])

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            results: Any = [view.results for view in sequence.complete()]
            said = results[0]["said"] if results else "none"
            return [Annotation(f"type {said}"[:100], {said: said})]


def check(page: Seen, *, status: int = 200) -> Seen:
    """Hold a page to what it is made of."""
    assert page.status == status, page.text
    assert {tag.name for tag in page.tags} <= set(TAGS.split())
    assert {name for tag in page.tags for name in tag.attributes} <= set(ATTRIBUTES.split())
    scripts = [tag.get("src") for tag in page.all("script")]
    assert scripts == [f"/tasker/ui/assets/{name}" for name in SCRIPTS[: len(scripts)]]
    for tag in page.tags:
        for name in ("href", "action", "formaction", "src"):
            assert name not in tag.attributes or tag.get(name).startswith(("/tasker/ui/", "#"))
    assert str(1234 * 5678) not in [word for tag in page.all("h1") for word in tag.text.split()]
    return page


@pytest.mark.parametrize("said", HOSTILE)
def test_every_page_shows_it_as_text(browser: Browser, desk: Desk, said: str) -> None:
    register(desk)
    desk.access = Access(actor=said.strip() or "nobody")
    names: dict[str, Any] = {
        "initiator": said,
        "source_system": said,
        "reason": said,
        "tags": [said],
        "correlation_id": said,
    }
    task_id = desk.start("hostile", context={"said": said, said: [said]}, **names)
    desk.drain()
    browser.act(f"{browser.step_path(task_id, 'bad')}/resolve", results='{"a": 1}', why=said)

    pages = [
        browser.get("/tasks"),
        browser.get(f"/tasks/{task_id}"),
        browser.get(browser.step_path(task_id, "good")),
        browser.get(browser.step_path(task_id, "bad")),
        browser.get("/handlers"),
        browser.get("/handlers/one", query_string={"name": ODD_NAME, "namespace": ODD_NAME}),
        browser.get("/handlers/one", query_string={"name": ODD_NAME, "namespace": ODD_NAME, "form": "json"}),
    ]

    for page in pages:
        check(page)
    words = " ".join(said.split())
    assert all(words in pages[place].text for place in (0, 1))


@pytest.mark.parametrize("said", HOSTILE)
def test_what_is_in_the_address_comes_back_as_text(browser: Browser, desk: Desk, said: str) -> None:
    desk.start()
    fields = "status name namespace reason tag initiator source_system annotation_type annotation_key annotation_value"
    for name in [
        *fields.split(),
        "requested_after",
        "requested_before",
        "cursor",
        "sort_by",
        "sort_order",
        "limit",
        said,
    ]:
        page = browser.get("/tasks", query_string={name: said})
        check(page, status=page.status)
        assert page.status in (200, 400)
    check(browser.get("/tasks/selection", query_string={"action": said, "task_ids": said}), status=400)
    check(browser.get("/tasks/selection", query_string={"action": "retry", "which": "filter", "tag": said}))
    check(browser.get("/handlers/one", query_string={"name": said}), status=404)


@pytest.mark.parametrize("said", HOSTILE)
def test_what_was_typed_comes_back_as_text(browser: Browser, desk: Desk, said: str) -> None:
    register(desk)
    task_id = desk.start("refused")
    desk.drain()
    path = browser.step_path(task_id, "first")

    for verb, field in (("resolve", "results"), ("inputs", "inputs")):
        page = check(browser.send(f"{path}/{verb}", **{field: said, "why": said}), status=400)
        assert page.value(field) == said
        assert page.value("why") == said
    odd = {"name": ODD_NAME, "namespace": ODD_NAME}
    fields = {"reason": said * 20, "tags": said, "bypass_steps": said, f"property.{ODD_NAME}": "no choice"}
    page = browser.send("/handlers/one?" + query(odd), **fields)
    check(page, status=400)
    assert (page.value("reason"), page.value("tags")) == (said * 20, said)
    page = check(browser.send("/handlers/one?" + query(odd), form="json", context=said, reason=said), status=400)
    assert page.value("context") == said


@pytest.mark.parametrize(
    "path", ["/<script>", "/tasks/<img src=x>", "/assets/<b>", "/%22%3E%3Cb%3E", "/..%2f", "/\u202e"]
)
def test_a_path_that_is_not_there_is_not_repeated(browser: Browser, path: str) -> None:
    page = check(browser.get(path), status=404)
    assert "<b>" not in page.html
    assert "<img" not in page.html


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "\ud800"])
def test_text_that_no_database_holds_breaks_nothing(browser: Browser, desk: Desk, name: str) -> None:
    data = name.encode("utf-8", "surrogatepass")
    address = b"tag=" + b"".join(b"%%%02x" % byte for byte in data)

    page = browser.get(f"/tasks?{address.decode()}")
    assert page.status in (200, 400)


def test_a_large_context_and_a_wide_task_are_shown(browser: Browser, desk: Desk) -> None:
    factory = desk.app.extensions["tasker"].handlers

    @task_handler("wide", factory=factory)
    class Wide(TaskHandler[Any]):
        step_templates = tuple(StepTemplate(name=f"s{number}", handler_class=Nothing) for number in range(300))

    task_id = desk.start("wide", context={"text": "<b>" * 300_000})

    page = check(browser.get(f"/tasks/{task_id}"))
    assert len([tag for tag in page.all("tbody") if tag.get("id").startswith("step-")]) == 50
    assert "1 to 50 of 300" in page.text


def query(values: dict[str, str]) -> str:
    """As a query, in which everything is escaped."""
    return "&".join(f"{name}=" + "".join(f"%{byte:02x}" for byte in value.encode()) for name, value in values.items())
