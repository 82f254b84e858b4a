"""The dummy task of the original engine's introduction, stored and run."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from example_app.extensions import db, tasker
from example_app.handlers import DummyTask
from flask_tasker import InvalidRequestError
from flask_tasker.models import AnnotationType, DependentSystem, NamedStep, Task, TaskAnnotation
from flask_tasker.testing import drain

STEPS = ["step-one", "step-two", "step-three", "step-four"]


@pytest.fixture
def finished(app: Flask) -> Task:
    """A dummy task that has run."""
    task_id = tasker.create_task(DummyTask.request({"dummy": True})).task_id
    drain(app)
    return db.session.get_one(Task, task_id, populate_existing=True)


def test_all_four_steps_complete_with_their_results(finished: Task) -> None:
    assert finished.status == "complete"
    assert [(step.name, step.status, step.results) for step in finished.workflow_steps] == [
        (name, "complete", {"dummy": True}) for name in STEPS
    ]


def test_each_step_leaves_one_note(finished: Task) -> None:
    notes = db.session.execute(
        select(AnnotationType.name, TaskAnnotation.annotation)
        .join(AnnotationType, AnnotationType.annotation_type_id == TaskAnnotation.annotation_type_id)
        .where(TaskAnnotation.task_id == finished.task_id)
    )
    assert sorted((name, note["step_name"], note["dummy_annotation"]) for name, note in notes) == [
        ("dummy-annotation", name, "something that might be important") for name in sorted(STEPS)
    ]


def test_every_step_works_against_the_dummy_system(finished: Task) -> None:
    systems = db.session.execute(
        select(NamedStep.name, DependentSystem.name).join(
            DependentSystem, DependentSystem.dependent_system_id == NamedStep.dependent_system_id
        )
    )
    assert {name: system for name, system in systems if name in STEPS} == dict.fromkeys(STEPS, "dummy-system")


def test_a_context_that_the_schema_does_not_know_has_one_message_a_fault(app: Flask) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        tasker.create_task(DummyTask.request({"bad_param": True, "dummy": 12}))
    assert len(refused.value.faults["context"]) == 2
