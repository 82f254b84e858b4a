"""What must be true of every task, however it went."""

from __future__ import annotations

from flask_tasker.lifecycle import STEP_TRANSITIONS, TASK_TRANSITIONS
from tests.behaviour.harness.records import Change, StepRecord, TaskRecord

STEP_MOVES = {(move.source, move.target) for move in STEP_TRANSITIONS}
TASK_MOVES = {(move.source, move.target) for move in TASK_TRANSITIONS}
DONE = {"complete", "skipped", "cancelled", "resolved_manually"}


def assert_sound(task: TaskRecord) -> None:
    """Every check of this file."""
    assert_legal(task)
    assert_attempts_are_claims(task)
    assert_one_completion_each(task)
    assert_parents_first(task)


def assert_legal(task: TaskRecord) -> None:
    """The history of the task and of each step is one path through the transition tables, from pending to its state."""
    _assert_path(task.history, TASK_MOVES, task.status)
    for step in task.steps.values():
        _assert_path(step.history, STEP_MOVES, step.status)


def assert_attempts_are_claims(task: TaskRecord) -> None:
    """Every claim was counted, but for those given back before the handler began; and nothing else was."""
    assert {step.name: step.attempts for step in task.steps.values()} == {
        step.name: len(step.claims) - step.given_back for step in task.steps.values()
    }


def assert_one_completion_each(task: TaskRecord) -> None:
    """A step that is complete was completed once, under the token of its last claim; any other never."""
    for step in task.steps.values():
        assert len(step.completions) == (1 if step.status == "complete" else 0), step
        if step.completions:
            assert step.completions[0].token == step.claims[-1].token, step


def assert_parents_first(task: TaskRecord) -> None:
    """No step was first claimed before the last of its parents was done."""
    for step in task.steps.values():
        if step.claims:
            assert all(_done_at(task[parent]) < step.claims[0].order for parent in step.parents), step


def _assert_path(history: tuple[Change, ...], moves: set[tuple[str, str]], status: str) -> None:
    standing = "pending"
    for change in history:
        assert change.source == standing, history
        assert (change.source, change.target) in moves, history
        standing = change.target
    assert standing == status, history


def _done_at(step: StepRecord) -> int:
    assert step.status in DONE, step
    return step.history[-1].order
