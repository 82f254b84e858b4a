"""Notes that handlers leave after each outcome."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.models import TaskAnnotation
from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, TaskRecord, assert_sound


def notes_of(task: TaskRecord, kind: str) -> list[tuple[str, Any]]:
    """The notes of one type: the step that each belongs to, and what it says."""
    return [(step, data) for found, step, data in task.annotations if found == kind]


def test_a_note_belongs_to_the_step_just_recorded(setup: Setup) -> None:
    task = setup.run("counting")

    assert notes_of(task, "seen") == [("one", {"complete": ["one"]}), ("two", {"complete": ["one", "two"]})]


def test_the_latest_note_of_a_type_and_step_stands(setup: Setup) -> None:
    task = setup.run("counting")

    assert notes_of(task, "progress") == [("one", {"complete": 2})]


def test_an_outcome_is_already_applied_when_the_notes_are_asked_for(setup: Setup) -> None:
    task = setup.run("tattling", failing("two", "fail"))

    assert notes_of(task, "failure") == [("two", {"attempts": 3, "error": "ValueError: as told"})]


def test_a_note_once_left_stays_when_later_passes_do_not_repeat_it(setup: Setup) -> None:
    task = setup.run("tattling", failing("one", "fail", "succeed"))

    assert task.status == "complete"
    assert notes_of(task, "failure") == [("one", {"attempts": 1, "error": "ValueError: as told"})]


def test_a_handler_that_cannot_leave_its_notes_completes_all_the_same(setup: Setup) -> None:
    task = setup.run("stumbling")

    assert task.status == "complete"
    assert task.annotations == ()
    assert {step.attempts for step in task.steps.values()} == {1}
    assert_sound(task)


def test_a_note_is_not_written_again_when_later_steps_say_the_same(setup: Setup) -> None:
    task = setup.run("steady")

    with Session(setup.engine) as session:
        (note,) = session.scalars(sa.select(TaskAnnotation).where(TaskAnnotation.task_id == task.task_id))
    assert note.annotation == {"steps": 2, "of": "steady"}
    assert note.updated_at < task["two"].completions[0].at
