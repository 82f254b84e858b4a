"""Which verb is allowed where: the table of what may happen, asked of the database state by state."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final

import pytest
import sqlalchemy as sa

from flask_tasker.errors import NotAllowedError, NotFoundError
from flask_tasker.lifecycle import StepStatus, TaskStatus
from flask_tasker.models import Task, WorkflowStep
from tests.reliability.lab import Lab
from tests.reliability.shapes import chain

S, T = StepStatus, TaskStatus
NOW: Final = datetime.now(UTC)

STEP_TABLE: Final[Mapping[StepStatus, Mapping[str, StepStatus]]] = {
    S.PENDING: {"cancel": S.CANCELLED, "skip": S.SKIPPED, "resolve": S.RESOLVED_MANUALLY},
    S.IN_PROGRESS: {"cancel": S.IN_PROGRESS},
    S.ERROR: {"cancel": S.CANCELLED, "retry": S.PENDING, "skip": S.SKIPPED, "resolve": S.RESOLVED_MANUALLY},
    S.COMPLETE: {},
    S.CANCELLED: {},
    S.RESOLVED_MANUALLY: {},
    S.SKIPPED: {},
}
OPEN_TO_STEP_VERBS: Final = {T.PENDING, T.IN_PROGRESS, T.ERROR}

TASK_TABLE: Final[Mapping[TaskStatus, Mapping[str, TaskStatus]]] = {
    T.PENDING: {"cancel": T.CANCELLED},
    T.IN_PROGRESS: {"cancel": T.CANCELLED},
    T.ERROR: {"cancel": T.CANCELLED, "retry": T.IN_PROGRESS, "resolve": T.RESOLVED_MANUALLY},
    T.COMPLETE: {},
    T.CANCELLED: {},
    T.RESOLVED_MANUALLY: {},
}


def columns(status: StepStatus) -> dict[str, Any]:
    """What a step in ``status`` has in its row."""
    running, processed = status is S.IN_PROGRESS, status in (S.COMPLETE, S.RESOLVED_MANUALLY)
    return {
        "status": status,
        "attempts": 0 if status is S.PENDING else 1,
        "next_attempt_at": None,
        "lease_token": uuid.uuid4() if running else None,
        "leased_until": NOW + timedelta(hours=1) if running else None,
        "processed_at": NOW if processed else None,
    }


def put(lab: Lab, task_id: int, *, task: TaskStatus, one: StepStatus | None = None) -> int:
    """Put a task and its first step in a state, and give back the step's id."""
    step_id = lab.task(task_id)["one"].step_id
    with lab.engine.begin() as connection:
        completed_at = NOW if task is T.COMPLETE else None
        connection.execute(
            sa.update(Task).where(Task.task_id == task_id).values(status=task, completed_at=completed_at)
        )
        if one is not None:
            connection.execute(
                sa.update(WorkflowStep).where(WorkflowStep.workflow_step_id == step_id).values(**columns(one))
            )
    return step_id


@pytest.mark.parametrize("verb", ["cancel", "retry", "skip", "resolve"])
def test_a_verb_on_a_step_is_allowed_exactly_where_the_table_says(lab: Lab, verb: str) -> None:
    handler = chain()
    for status, task_status in product(StepStatus, TaskStatus):
        task_id = lab.start(handler)
        step_id = put(lab, task_id, task=task_status, one=status)
        before = lab.task(task_id)
        allowed = STEP_TABLE[status] if task_status in OPEN_TO_STEP_VERBS else {}
        act = getattr(lab.operations, f"{verb}_step")
        if verb == "cancel" and status is S.CANCELLED:
            assert act(step_id, actor="ann") is S.CANCELLED
            assert lab.task(task_id) == before
        elif verb in allowed:
            assert act(step_id, actor="ann") is allowed[verb]
            assert lab.task(task_id)["one"].status == allowed[verb]
        else:
            with pytest.raises(NotAllowedError) as refused:
                act(step_id, actor="ann")
            assert refused.value.allowed == list(allowed)
            choice = ", ".join(allowed) or "nothing"
            assert str(refused.value) == (
                f"cannot {verb} step 'one', which is {status} in a task that is {task_status}; allowed there: {choice}"
            )
            assert lab.task(task_id) == before


@pytest.mark.parametrize("verb", ["cancel", "retry", "resolve"])
def test_a_verb_on_a_task_is_allowed_exactly_where_the_table_says(lab: Lab, verb: str) -> None:
    handler = chain()
    for status in TaskStatus:
        task_id = lab.start(handler)
        put(lab, task_id, task=status)
        before = lab.task(task_id)
        act = getattr(lab.operations, f"{verb}_task")
        if verb == "cancel" and status is T.CANCELLED:
            assert act(task_id, actor="ann") is T.CANCELLED
            assert lab.task(task_id) == before
        elif verb in TASK_TABLE[status]:
            assert act(task_id, actor="ann") is TASK_TABLE[status][verb]
            assert lab.task(task_id).status == TASK_TABLE[status][verb]
        else:
            with pytest.raises(NotAllowedError) as refused:
                act(task_id, actor="ann")
            assert refused.value.allowed == list(TASK_TABLE[status])
            assert lab.task(task_id) == before


@pytest.mark.parametrize("verb", ["cancel", "retry", "skip", "resolve"])
def test_a_verb_on_a_step_that_does_not_exist_says_so(lab: Lab, verb: str) -> None:
    with pytest.raises(NotFoundError, match="no step 404"):
        getattr(lab.operations, f"{verb}_step")(404, actor="ann")


@pytest.mark.parametrize("verb", ["cancel", "retry", "resolve"])
def test_a_verb_on_a_task_that_does_not_exist_says_so(lab: Lab, verb: str) -> None:
    with pytest.raises(NotFoundError, match="no task 404"):
        getattr(lab.operations, f"{verb}_task")(404, actor="ann")
