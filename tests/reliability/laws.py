"""What must be true of every task, however it went."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flask_tasker.lifecycle import DONE_STEP, STEP_TRANSITIONS, TASK_TRANSITIONS
from tests.reliability.records import TaskRecord

STEP_MOVES = {(move.source, move.target) for move in STEP_TRANSITIONS}
TASK_MOVES = {(move.source, move.target) for move in TASK_TRANSITIONS}


def assert_legal(task: TaskRecord) -> None:
    """The histories are paths through the transition tables, and attempts are the claims since the last retry."""
    _assert_path(task.moves, TASK_MOVES, task.status)
    for step in task.steps.values():
        _assert_path(step.moves, STEP_MOVES, step.status)
        assert step.attempts == _counted(step.moves), step
        assert step.moves.count(("in_progress", "complete")) == (step.status == "complete"), step


def assert_parents_first(task: TaskRecord, parents: Mapping[str, Collection[str]]) -> None:
    """No step was claimed before the last of its parents was done."""
    for name, needed in parents.items():
        claims = [change.order for change in task[name].history if change.target == "in_progress"]
        if claims:
            assert all(task[parent].status in DONE_STEP for parent in needed), (name, task.statuses)
            assert all(task[parent].history[-1].order < claims[0] for parent in needed), (name, task)


def _counted(moves: Sequence[tuple[str, str]]) -> int:
    counted = 0
    for source, target in moves:
        if target == "in_progress":
            counted += 1
        elif (source, target) == ("error", "pending"):
            counted = 0
        elif (source, target) == ("in_progress", "pending"):
            counted -= 1
    return counted


def _assert_path(moves: Sequence[tuple[str, str]], allowed: set[tuple[str, str]], status: str) -> None:
    standing = "pending"
    for source, target in moves:
        assert source == standing, moves
        assert (source, target) in allowed, moves
        standing = target
    assert standing == status, moves
