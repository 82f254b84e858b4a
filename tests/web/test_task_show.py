"""``GET /tasks/ID``: the fields of a task, of its steps and of its annotations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.web.rows import COMPLETE, LEASED, NOW, Rows, StepRow

TASK_KEYS = [
    "task_id",
    "name",
    "initiator",
    "source_system",
    "context",
    "reason",
    "bypass_steps",
    "tags",
    "requested_at",
    "complete",
    "status",
    "workflow_steps",
    "task_annotations",
    "namespace",
    "version",
    "full_name",
    "created_at",
    "updated_at",
    "completed_at",
    "percent_complete",
    "correlation_id",
]
STEP_KEYS = [
    "task_id",
    "workflow_step_id",
    "name",
    "named_step_id",
    "depends_on_step_id",
    "status",
    "attempts",
    "skippable",
    "retryable",
    "retry_limit",
    "processed",
    "processed_at",
    "in_process",
    "backoff_request_seconds",
    "last_attempted_at",
    "inputs",
    "results",
    "depends_on_step_ids",
    "next_attempt_at",
    "error",
    "timeout_seconds",
    "dependent_system",
]
MOMENT = "2026-03-04T05:06:07.089Z"


@pytest.fixture
def engine(stored: sa.Engine) -> sa.Engine:
    """Both real databases."""
    return stored


def shown(client: FlaskClient, task_id: int) -> Any:
    response = client.get(f"/tasker/tasks/{task_id}")
    assert response.status_code == 200
    return response.get_json()["task"]


def steps_of(client: FlaskClient, task_id: int) -> dict[str, Any]:
    return {step["name"]: step for step in shown(client, task_id)["workflow_steps"]}


def test_a_task_has_its_keys_in_the_order_of_the_contract(client: FlaskClient, rows: Rows) -> None:
    assert list(shown(client, rows.task())) == TASK_KEYS


def test_a_step_has_its_keys_in_the_order_of_the_contract(client: FlaskClient, rows: Rows) -> None:
    assert list(shown(client, rows.task())["workflow_steps"][0]) == STEP_KEYS


def test_an_annotation_has_its_keys_in_the_order_of_the_contract(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    note_id = rows.annotation(task_id, "one", kind="dummy-annotation", data={"seen": True})
    (note,) = shown(client, task_id)["task_annotations"]
    assert list(note.items()) == [
        ("task_id", task_id),
        ("task_annotation_id", note_id),
        ("annotation", {"seen": True}),
        ("annotation_type_name", "dummy-annotation"),
    ]


def test_a_new_task_shows_what_was_asked_for(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task(tags=["red"], bypass_steps=["one"], context={"b": 1, "a": [2]}, correlation_id="c-1")
    task = shown(client, task_id)
    del task["workflow_steps"]
    assert task == {
        "task_id": task_id,
        "name": "copy",
        "initiator": "test",
        "source_system": "pytest",
        "context": {"b": 1, "a": [2]},
        "reason": "to see it",
        "bypass_steps": ["one"],
        "tags": ["red"],
        "requested_at": MOMENT,
        "complete": False,
        "status": "pending",
        "task_annotations": [],
        "namespace": "shop",
        "version": "1.2.0",
        "full_name": "shop/copy@1.2.0",
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "completed_at": None,
        "percent_complete": 0,
        "correlation_id": "c-1",
    }


def test_a_complete_task_says_so(client: FlaskClient, rows: Rows) -> None:
    steps = [StepRow(name="only", columns=COMPLETE)]
    task = shown(client, rows.task(status="complete", completed_at=NOW + timedelta(seconds=1), steps=steps))
    assert (task["complete"], task["completed_at"], task["percent_complete"]) == (
        True,
        "2026-03-04T05:06:08.089Z",
        100,
    )


def test_the_percentage_counts_every_state_that_lets_children_run_and_is_rounded_down(
    client: FlaskClient, rows: Rows
) -> None:
    statuses = ["complete", "skipped", "pending", "error", "pending", "cancelled"]
    steps = [
        StepRow(name=f"step-{number}", columns=COMPLETE if status == "complete" else {"status": status})
        for number, status in enumerate([*statuses, "pending"])
    ]
    assert shown(client, rows.task(steps=steps))["percent_complete"] == 42


def test_a_null_reason_is_shown_as_null(client: FlaskClient, rows: Rows) -> None:
    assert shown(client, rows.task(reason=None))["reason"] is None


def test_a_new_step_shows_its_defaults(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task(context={"order_id": 5})
    step = steps_of(client, task_id)["one"]
    del step["named_step_id"]
    assert step == {
        "task_id": task_id,
        "workflow_step_id": rows.step_ids(task_id)["one"],
        "name": "one",
        "depends_on_step_id": None,
        "status": "pending",
        "attempts": 0,
        "skippable": False,
        "retryable": True,
        "retry_limit": 3,
        "processed": False,
        "processed_at": None,
        "in_process": False,
        "backoff_request_seconds": None,
        "last_attempted_at": None,
        "inputs": {"order_id": 5},
        "results": None,
        "depends_on_step_ids": [],
        "next_attempt_at": None,
        "error": None,
        "timeout_seconds": None,
        "dependent_system": "shop",
    }


def test_a_step_of_one_parent_names_it_twice(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    ids = rows.step_ids(task_id)
    step = steps_of(client, task_id)["two"]
    assert (step["depends_on_step_id"], step["depends_on_step_ids"]) == (ids["one"], [ids["one"]])


def test_a_step_of_two_parents_has_no_single_one(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    ids = rows.step_ids(task_id)
    step = steps_of(client, task_id)["three"]
    assert (step["depends_on_step_id"], step["depends_on_step_ids"]) == (None, [ids["one"], ids["two"]])


@pytest.mark.parametrize("inputs", [{"other": 2}, {}, [], 0, False])
def test_inputs_of_its_own_stand_before_the_context(client: FlaskClient, rows: Rows, inputs: Any) -> None:
    task_id = rows.task(steps=[StepRow(name="one", columns={"inputs": inputs})])
    assert steps_of(client, task_id)["one"]["inputs"] == inputs


def test_a_complete_step_is_processed_and_shows_its_results(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task(steps=[StepRow(name="one", columns=COMPLETE | {"results": {"cents": 5}})])
    step = steps_of(client, task_id)["one"]
    assert (step["processed"], step["processed_at"], step["results"]) == (True, MOMENT, {"cents": 5})


def test_a_skipped_step_is_not_processed(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task(steps=[StepRow(name="one", columns={"status": "skipped"})])
    assert steps_of(client, task_id)["one"]["processed"] is False


def test_a_leased_step_is_in_process(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task(steps=[StepRow(name="one", columns=LEASED)])
    step = steps_of(client, task_id)["one"]
    assert (step["in_process"], step["status"], step["last_attempted_at"]) == (True, "in_progress", MOMENT)


def test_a_failed_step_has_its_message_in_error_and_no_results(client: FlaskClient, rows: Rows) -> None:
    failed = {
        "status": "error",
        "attempts": 2,
        "error": "ConnectionError: refused",
        "next_attempt_at": NOW + timedelta(minutes=1),
        "backoff_request_seconds": 60.0,
        "timeout_seconds": 2.5,
    }
    step = steps_of(client, rows.task(steps=[StepRow(name="one", columns=failed)]))["one"]
    assert (step["error"], step["results"]) == ("ConnectionError: refused", None)
    assert (step["next_attempt_at"], step["backoff_request_seconds"]) == ("2026-03-04T05:07:07.089Z", 60)
    assert step["timeout_seconds"] == 2.5


def test_steps_come_in_the_order_in_which_the_handler_declares_them(client: FlaskClient, rows: Rows) -> None:
    steps = [StepRow(name=name) for name in ("zeta", "alpha", "mid")]
    assert [step["name"] for step in shown(client, rows.task(steps=steps))["workflow_steps"]] == [
        "zeta",
        "alpha",
        "mid",
    ]


def test_annotations_come_by_id(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    ids = [rows.annotation(task_id, step, kind="note", data={}) for step in ("three", "one", "two")]
    assert [note["task_annotation_id"] for note in shown(client, task_id)["task_annotations"]] == ids


def test_text_is_sent_as_utf_8_and_not_escaped(client: FlaskClient, rows: Rows) -> None:
    response = client.get(f"/tasker/tasks/{rows.task(reason='Grüße ☃')}")
    assert "Grüße ☃".encode() in response.data
