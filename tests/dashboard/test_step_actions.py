"""What is done to a step: retry, skip, cancel, resolve by hand, other inputs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import Access
from tests.dashboard.conftest import UI, Browser, failed_task
from tests.http.conftest import Desk
from tests.web.rows import COMPLETE, Rows, StepRow


def test_the_page_of_a_step_says_why_it_is_not_running(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)

    assert "It waits for first." in browser.get(browser.step_path(task_id, "second")).text
    assert "It failed for good after 1 of 3 attempts" in browser.get(browser.step_path(task_id, "first")).text


@pytest.mark.parametrize(
    ("verb", "status", "said"),
    [
        ("retry", "pending", "is tried again"),
        ("skip", "skipped", "is skipped"),
        ("cancel", "cancelled", "is cancelled"),
    ],
)
def test_a_failed_step_is_steered(browser: Browser, desk: Desk, verb: str, status: str, said: str) -> None:
    task_id = failed_task(desk)
    desk.access = Access(actor="anna")

    page = browser.act(f"{browser.step_path(task_id, 'first')}/{verb}", why="it is paid")

    assert page.message == f"Step first {said}."
    assert desk.step(task_id, "first")["status"] == status
    history = desk("GET", f"/tasks/{task_id}/transitions")[1]["transitions"]
    assert ("first", "anna", "it is paid") in {(one["step_name"], one["actor"], one["reason"]) for one in history}


@pytest.mark.parametrize("results", [{"good": True}, [1, "two"], "text", 7, None])
def test_a_step_is_resolved_with_any_json(browser: Browser, desk: Desk, results: object) -> None:
    task_id = failed_task(desk)

    page = browser.act(f"{browser.step_path(task_id, 'first')}/resolve", results=json.dumps(results), why="by phone")

    assert page.message == "Step first counts as resolved."
    step = desk.step(task_id, "first")
    assert (step["status"], step["results"]) == ("resolved_manually", results)


BAD_JSON = [
    ('{"good": tru}', "line 1, column 10: Expecting value"),
    ('{\r\n "a": 1\r\n "b": 2\r\n}', "line 3, column 2: Expecting ',' delimiter"),
    ("", "is empty: write null for nothing, {} for an object without anything"),
    ('{"a": 1, "a": 2}', "a key is there twice"),
    ("NaN", "NaN is no JSON"),
    ("1e999", "1e999 is too large"),
    ("[" * 101 + "]" * 101, "it is nested deeper than 100"),
    ("[" * 100_000, "it is nested deeper than 100"),
]


@pytest.mark.parametrize("field", ["results", "inputs"])
@pytest.mark.parametrize(("typed", "fault"), BAD_JSON)
def test_json_that_is_none_is_shown_again_with_its_fault_beside_it(
    browser: Browser, desk: Desk, field: str, typed: str, fault: str
) -> None:
    task_id = failed_task(desk)
    path = browser.step_path(task_id, "first")
    before = desk.step(task_id, "first")

    page = browser.send(f"{path}/{'resolve' if field == 'results' else 'inputs'}", **{field: typed}, why="tried")

    assert (page.status, page.faults) == (400, [fault])
    assert (page.value(field), page.value("why")) == (typed, "tried")
    assert page.all("textarea", name=field)[0].get("aria-describedby") == f"{field}-faults"
    assert desk.step(task_id, "first") == before


@pytest.mark.parametrize(("verb", "field"), [("resolve", "results"), ("inputs", "inputs")])
def test_json_that_no_database_holds_is_a_fault(browser: Browser, desk: Desk, verb: str, field: str) -> None:
    task_id = failed_task(desk)

    page = browser.send(f"{browser.step_path(task_id, 'first')}/{verb}", **{field: '{"a": "\\u0000"}'})

    assert (page.status, len(page.faults)) == (400, 1)
    assert "NUL" in page.faults[0]


def test_a_step_that_changed_meanwhile_is_refused_with_what_it_is_now(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)
    path = browser.step_path(task_id, "first")
    browser.act(f"{path}/skip")

    page = browser.send(f"{path}/resolve", results='{"typed": 1}')

    assert page.status == 409
    assert "skipped" in page.all("p", role="alert")[0].text


def test_other_inputs_count_from_the_next_attempt_on(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)
    path = browser.step_path(task_id, "first")

    assert browser.act(f"{path}/inputs", inputs='{"good": true}').message == "Step first has other inputs."
    assert json.loads(browser.get(path).value("inputs")) == {"good": True}
    browser.act(f"{path}/retry")
    desk.drain()

    assert desk.task(task_id)["status"] == "complete"


def test_inputs_that_somebody_else_saved_meanwhile_are_shown_before_they_are_replaced(
    browser: Browser, desk: Desk
) -> None:
    task_id = failed_task(desk)
    path = browser.step_path(task_id, "first")
    seen = browser.get(path).value("seen")
    browser.act(f"{path}/inputs", inputs='{"theirs": 1}', seen=seen)

    bad = browser.send(f"{path}/inputs", inputs="{", seen=browser.get(path).value("seen"))
    page = browser.send(f"{path}/inputs", inputs='{"mine": 2}', seen=seen)

    assert (bad.status, page.status) == (400, 409)
    assert "were changed meanwhile" in page.all("p", role="alert")[0].text
    assert (page.value("inputs"), desk.step(task_id, "first")["inputs"]) == ('{"mine": 2}', {"theirs": 1})
    browser.act(f"{path}/inputs", inputs='{"mine": 2}', seen=page.value("seen"))
    assert desk.step(task_id, "first")["inputs"] == {"mine": 2}


def test_inputs_may_be_as_large_as_over_the_api_and_no_larger(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)
    path = f"{browser.step_path(task_id, 'first')}/inputs"

    page = browser.send(path, inputs=json.dumps("x" * 1_048_577))
    assert (page.status, len(page.faults)) == (400, 1)
    assert desk.step(task_id, "first")["inputs"] == desk.task(task_id)["context"]
    assert browser.send(path, inputs=json.dumps("x" * 1_000_000)).status == 303


NESTED: Any = ["x" * 100] * 5_000
for _ in range(80):
    NESTED = [NESTED]


@pytest.mark.parametrize("is_open", [True, False])
def test_the_page_of_a_step_is_not_much_larger_than_what_it_lets_edit(
    browser: Browser, desk: Desk, is_open: bool
) -> None:
    columns = {"inputs": NESTED} if is_open else COMPLETE | {"inputs": NESTED, "results": NESTED}
    task_id = Rows(engine_of(desk)).task(steps=[StepRow(name="deep", columns=columns)])

    page = browser.get(browser.step_path(task_id, "deep"))

    stored = len(json.dumps(NESTED))
    assert len(page.html) < 1.3 * stored if is_open else len(page.html) < 100_000
    assert [json.loads("".join(field.words)) for field in page.all("textarea", name="inputs")] == [NESTED] * is_open
    [link, *_] = [tag.get("href") for tag in page.all("a") if tag.text == "All of it, as JSON"]
    assert browser.client.get(link).get_json()["step"]["inputs"] == NESTED


def test_inputs_that_are_short_are_edited_on_many_lines(browser: Browser, desk: Desk) -> None:
    task_id = Rows(engine_of(desk)).task(steps=[StepRow(name="short", columns={"inputs": {"a": 1, "b": [2]}})])

    page = browser.get(browser.step_path(task_id, "short"))

    assert page.value("inputs").splitlines() == ["{", '  "a": 1,', '  "b": [', "    2", "  ]", "}"]


def engine_of(desk: Desk) -> sa.Engine:
    engine: sa.Engine = desk.app.extensions["tasker"].runtime.database.engine
    return engine


def test_only_what_the_state_allows_is_offered(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()
    desk.drain()
    failed = failed_task(desk)

    assert browser.get(browser.step_path(task_id, "one")).actions() == set()
    path = browser.step_path(failed, "second")
    offered = {f"{UI}{path}/{name}" for name in ("skip", "cancel", "resolve", "inputs")}
    assert browser.get(path).actions() == offered


def test_a_step_of_another_task_is_not_found(browser: Browser, desk: Desk) -> None:
    task_id, other = desk.start(), desk.start()
    path = browser.step_path(task_id, "one").replace(f"/tasks/{task_id}/", f"/tasks/{other}/")

    assert browser.get(path).status == 404
    assert browser.send(f"{path}/skip").status == 404
    assert browser.send(f"{path}/inputs", inputs="{}").status == 404
