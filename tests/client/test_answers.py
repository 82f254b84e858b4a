"""What the server says becomes values with typed fields."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from flask_tasker.client import Annotation, Step, Task, TaskerClientError, Transition
from flask_tasker.errors import UnknownStepError
from flask_tasker.web.api.schemas import AnnotationSchema, StepSchema, TaskSchema
from tests.client.server import step, task


def test_moments_are_aware_datetimes() -> None:
    read = Task.read(task(requested_at="2024-05-06T07:08:09.123Z", completed_at=None))
    assert read.requested_at == datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)
    assert read.completed_at is None


def test_steps_and_annotations_are_values_too() -> None:
    note = {"task_id": 7, "task_annotation_id": 1, "annotation": {"seen": True}, "annotation_type_name": "note"}
    read = Task.read(task(workflow_steps=[step(depends_on_step_ids=[1, 2])], task_annotations=[note]))
    assert read.workflow_steps[0].depends_on_step_ids == (1, 2)
    assert (read.task_annotations[0].annotation_type_name, read.task_annotations[0].annotation) == (
        "note",
        {"seen": True},
    )


def test_what_a_newer_server_adds_is_kept_in_raw_and_breaks_nothing() -> None:
    read = Task.read(task(priority=5, workflow_steps=[step(region="north")]))
    assert (read.raw["priority"], read.workflow_steps[0].raw["region"]) == (5, "north")


def test_what_an_older_server_does_not_say_has_its_default() -> None:
    read = Task.read({"task_id": 7, "name": "copy", "status": "pending", "tags": None})
    assert (read.tags, read.percent_complete, read.workflow_steps) == ((), None, ())


def test_a_value_cannot_be_changed() -> None:
    read = Task.read(task())
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.status = "pending"  # type: ignore[misc]


def test_two_readings_of_the_same_task_are_equal_whatever_else_the_server_said() -> None:
    assert Task.read(task(priority=5)) == Task.read(task(priority=6))
    assert Task.read(task(status="error")) != Task.read(task(status="pending"))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (["no", "object"], "a Task must be a JSON object"),
        ({"task_id": 7, "name": "copy", "status": None}, "the server's Task lacks status"),
        (task(requested_at="yesterday"), "requested_at that makes no sense"),
        (task(requested_at=12), "requested_at that makes no sense"),
        (task(tags=12), "tags that makes no sense"),
        (task(workflow_steps=[{}]), "the server's Step lacks task_id, workflow_step_id, name, status"),
    ],
)
def test_what_is_no_task_is_an_error_that_says_what_is_wrong(raw: Any, message: str) -> None:
    with pytest.raises(TaskerClientError, match=message):
        Task.read(raw)


@pytest.mark.parametrize("status", ["complete", "cancelled", "error", "resolved_manually"])
def test_a_task_that_stays_as_it_is_is_final(status: str) -> None:
    assert Task.read(task(status=status)).is_final


@pytest.mark.parametrize("status", ["pending", "in_progress", "a status of a newer server"])
def test_a_task_that_goes_on_is_not_final(status: str) -> None:
    assert not Task.read(task(status=status)).is_final


def test_a_step_is_found_by_its_name() -> None:
    read = Task.read(task(workflow_steps=[step(3), step(4, name="two")]))
    assert read.step("two").workflow_step_id == 4
    with pytest.raises(UnknownStepError, match=r"no step 'tow'; its steps: one, two"):
        read.step("tow")


def test_a_transition_says_who_and_why() -> None:
    read = Transition.read({"from_status": "error", "to_status": "pending", "actor": "ada", "reason": "fixed"})
    assert (read.from_status, read.to_status, read.actor, read.reason) == ("error", "pending", "ada", "fixed")


@pytest.mark.parametrize(("value", "schema"), [(Task, TaskSchema), (Step, StepSchema), (Annotation, AnnotationSchema)])
def test_every_field_that_the_server_writes_has_a_name_here(value: Any, schema: Any) -> None:
    assert set(schema().fields) <= {one.name for one in dataclasses.fields(value)}
