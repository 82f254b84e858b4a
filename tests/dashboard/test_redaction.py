"""What ``TASKER_REDACT`` names is on no page, and is not overwritten by what a page shows in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flask_tasker import Annotation, PermanentError, StepRun, StepSequence, TaskHandler, step, task_handler
from flask_tasker.redaction import DEFAULT_RULES, REDACTED
from flask_tasker.store.reading import ERROR
from flask_tasker.web.dashboard.task_page.excerpts import WHOLE
from tests.dashboard.conftest import Browser
from tests.http.conftest import Desk, desk_on

SECRET = "hunter2-the-secret"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """An app that blanks a key, and with a task that has its secret wherever it can be."""
    with desk_on(database_url, TASKER_REDACT=["password"], SECRET_KEY="of the tests") as desk:
        register(desk)
        reason = f"password={SECRET}"
        padding = {str(number): "x" * 50 for number in range(100)}
        desk.start(
            "leaky", namespace="default", context={"password": SECRET, "order": 1, "more": padding}, reason=reason
        )
        desk.drain()
        yield desk


def register(desk: Desk) -> None:
    """A handler whose steps tell the secret."""
    factory = desk.app.extensions["tasker"].handlers

    @task_handler("leaky", factory=factory)
    class Leaky(TaskHandler[Any]):
        @step
        def gives(self, run: StepRun[Any]) -> Any:
            return {"password": SECRET, "long": ["y" * 50] * 100}

        @step(depends_on=gives)
        def fails(self, run: StepRun[Any]) -> Any:
            raise PermanentError(f"refused: password={run.context['password']}")

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            return [Annotation("note", {"password": SECRET, "kept": "seen"}, step="gives")]


@pytest.mark.parametrize(
    "path", ["/ui/", "/ui/figures", "/ui/tasks", "/ui/tasks/1", "/ui/tasks/1/live", "/ui/tasks/1/json"]
)
def test_no_page_has_it(desk: Desk, path: str) -> None:
    answer = desk.client.get(f"/tasker{path}")

    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert REDACTED in answer.text


def test_nor_have_the_pages_of_its_steps(desk: Desk) -> None:
    steps = [one["workflow_step_id"] for one in desk.task(1)["workflow_steps"]]
    pages = [desk.client.get(f"/tasker/ui/tasks/1/steps/{step_id}") for step_id in steps]

    assert [page.status_code for page in pages] == [200, 200]
    assert [SECRET in page.text for page in pages] == [False, False]
    assert all(REDACTED in page.text for page in pages)


@pytest.mark.parametrize("length", [2_500, 19_000, 50_000])
def test_a_key_of_several_words_in_long_json_is_blanked_too(database_url: str, length: int) -> None:
    with desk_on(database_url, TASKER_REDACT=DEFAULT_RULES, SECRET_KEY="of the tests") as desk:
        held = {
            "password hint (new)": SECRET,
            "card.number": SECRET,
            "the longest is the last": ["y" * 50] * (length // 54),
        }

        @task_handler("long", factory=desk.app.extensions["tasker"].handlers)
        class Long(TaskHandler[Any]):
            @step
            def gives(self, run: StepRun[Any]) -> Any:
                return held

            def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
                return [Annotation("note", held, step="gives")]

        desk.start("long", namespace="default", context={})
        desk.drain()
        answer = desk.client.get("/tasker/ui/tasks/1")

    assert SECRET not in answer.text
    assert answer.text.count(" more characters") == 2
    assert (answer.text.count("&#34;password hint (new)&#34;: &#34;[redacted]") == 2) == (length < WHOLE)


@pytest.mark.parametrize("shown", [8, len("bob:") + len(SECRET)])
def test_a_secret_that_begins_before_the_end_of_an_excerpt_is_blanked(database_url: str, shown: int) -> None:
    with desk_on(database_url, TASKER_REDACT=DEFAULT_RULES, SECRET_KEY="of the tests") as desk:

        @task_handler("cut", factory=desk.app.extensions["tasker"].handlers)
        class Cut(TaskHandler[Any]):
            @step
            def fails(self, run: StepRun[Any]) -> Any:
                raise PermanentError(run.context["said"])

        url, kind = "postgresql://", len("PermanentError: ")
        said = f"{'x' * (ERROR - kind - len(url) - shown)}{url}bob:{SECRET}@db{'y' * 3_000}"
        desk.start("cut", namespace="default", context={"said": said})
        desk.drain()
        answer = desk.client.get("/tasker/ui/tasks/1/live")

    assert answer.status_code in (200, 286)
    assert f"{url}{REDACTED}" in answer.text
    assert SECRET[: shown - len("bob:")] not in answer.text


@pytest.mark.parametrize(("path", "field"), [("resolve", "results"), ("inputs", "inputs")])
def test_what_is_shown_in_its_place_is_not_stored(desk: Desk, path: str, field: str) -> None:
    browser = Browser(desk, desk.app.test_client())
    refused = browser.send(f"{browser.step_path(1, 'fails')}/{path}", **{field: '{"password": "[redacted]"}'})

    assert refused.status == 400
    assert "give the secret itself" in refused.text
