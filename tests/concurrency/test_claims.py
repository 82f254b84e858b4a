"""Claims against each other and against others who change the same rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from flask_tasker.models import WorkflowStep
from flask_tasker.store.claims import ClaimedStep, Lease, claim_steps
from tests.concurrency.at_once import at_once
from tests.concurrency.stage import FAN, Stage

ROUNDS = 15


def claim(stage: Stage, task_id: int, step_ids: list[int], worker: str) -> list[ClaimedStep]:
    database = stage.runtime.database
    lease = Lease(worker=worker, token=uuid.uuid4(), seconds=60)
    return database.transaction(
        lambda connection: claim_steps(connection, database.clock, task_id=task_id, step_ids=step_ids, lease=lease)
    )


def test_each_step_is_claimed_exactly_once_by_threads_that_want_them_all(stage: Stage) -> None:
    for number in range(ROUNDS):
        task_id, _ = stage.start("fan", number)
        steps = stage.step_ids(task_id)
        orders = [steps, steps[::-1], steps[7:] + steps[:7], steps[::-1]]
        claimed = at_once([partial(claim, stage, task_id, order, f"w{turn}") for turn, order in enumerate(orders)])
        held = sorted(step.step_id for of_one in claimed for step in of_one)
        assert held == steps
        attempts = sa.select(WorkflowStep.attempts).where(WorkflowStep.task_id == task_id)
        assert stage.all(attempts) == [1] * FAN
        assert [stage.history(step_id) for step_id in steps] == [["in_progress"]] * FAN


def test_the_token_in_the_row_is_that_of_the_one_who_claimed_it(stage: Stage) -> None:
    task_id, _ = stage.start("fan", 1)
    steps = stage.step_ids(task_id)
    claimed = at_once([partial(claim, stage, task_id, [step_id], "w") for step_id in steps for _ in range(2)])
    tokens = {step.step_id: step.token for of_one in claimed for step in of_one}
    stored = sa.select(WorkflowStep.lease_token).order_by(WorkflowStep.workflow_step_id)
    assert stage.all(stored) == [tokens[step_id] for step_id in steps]


def test_a_step_is_either_claimed_or_cancelled_when_both_come_at_once(stage: Stage) -> None:
    outcomes = set()
    for number in range(ROUNDS):
        task_id, _ = stage.start("fan", number)
        steps = stage.step_ids(task_id)
        actions: list[Callable[[], list[int]]] = [
            lambda task_id=task_id, steps=steps: [s.step_id for s in claim(stage, task_id, steps, "w")],  # type: ignore[misc]
            partial(cancel_waiting, stage, task_id),
        ]
        claimed, cancelled = at_once(actions)
        assert sorted([*claimed, *cancelled]) == steps
        status = sa.select(WorkflowStep.status).where(WorkflowStep.task_id == task_id)
        expected = ["in_progress"] * len(claimed) + ["cancelled"] * len(cancelled)
        assert sorted(stage.all(status)) == sorted(expected)
        outcomes.add(len(claimed))
    assert outcomes <= set(range(FAN + 1))


def cancel_waiting(stage: Stage, task_id: int) -> list[int]:
    waiting = (WorkflowStep.task_id == task_id, WorkflowStep.status.in_(["pending", "error"]))
    statement = (
        sa.update(WorkflowStep)
        .where(*waiting)
        .values(status="cancelled", next_attempt_at=None)
        .returning(WorkflowStep.workflow_step_id)
    )
    return stage.runtime.database.transaction(lambda connection: list(connection.scalars(statement)))
