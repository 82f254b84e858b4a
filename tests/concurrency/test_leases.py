"""Leases: renewed while they stand, refused once they are lost."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from flask_tasker.engine import Runtime, Sweep, drain, work
from flask_tasker.lifecycle import StepChange, StepStatus
from flask_tasker.models import WorkflowStep, WorkflowStepTransition
from flask_tasker.store.claims import ClaimedStep, Lease, claim_steps
from flask_tasker.store.clock import DatabaseClock
from flask_tasker.store.database import Database
from flask_tasker.store.leases import renew_leases
from flask_tasker.store.records import record_change
from tests.concurrency.at_once import PATIENCE, at_once
from tests.concurrency.stage import Stage, stage_on

DONE = StepChange(status=StepStatus.COMPLETE, results={"by": "a stale worker"}, attempts=1)


def claimed_fan(stage: Stage, count: int) -> list[ClaimedStep]:
    task_id, _ = stage.start("fan", 1)
    database = stage.runtime.database
    steps = stage.step_ids(task_id)[:count]
    lease = Lease(worker="w", token=uuid.uuid4(), seconds=5)
    return database.transaction(
        lambda connection: claim_steps(connection, database.clock, task_id=task_id, step_ids=steps, lease=lease)
    )


def record(database: Database, step_id: int, token: uuid.UUID) -> bool:
    written = database.transaction(
        lambda connection: record_change(
            connection, database.clock, step_id=step_id, token=token, change=DONE, actor="stale"
        )
    )
    return written is not None


def row(stage: Stage, step_id: int) -> tuple[object, ...]:
    query = sa.select(WorkflowStep.__table__).where(WorkflowStep.workflow_step_id == step_id)
    return stage.runtime.database.read(lambda connection: tuple(connection.execute(query).one()))


def test_a_record_with_a_stale_token_is_refused_and_changes_nothing(stage: Stage) -> None:
    (step,) = claimed_fan(stage, 1)
    before = (row(stage, step.step_id), stage.history(step.step_id))
    assert not record(stage.runtime.database, step.step_id, uuid.uuid4())
    assert (row(stage, step.step_id), stage.history(step.step_id)) == before
    assert record(stage.runtime.database, step.step_id, step.token)
    after = (row(stage, step.step_id), stage.history(step.step_id))
    assert not record(stage.runtime.database, step.step_id, step.token)
    assert (row(stage, step.step_id), stage.history(step.step_id)) == after


def renew(database: Database, held: list[tuple[int, uuid.UUID]], seconds: float = 600) -> set[int]:
    return database.transaction(lambda connection: renew_leases(connection, database.clock, held=held, seconds=seconds))


def ends(stage: Stage) -> dict[int, object]:
    query = sa.select(WorkflowStep.workflow_step_id, WorkflowStep.leased_until)
    return stage.runtime.database.read(lambda connection: {row[0]: row[1] for row in connection.execute(query)})


def test_a_renewal_moves_the_end_of_each_lease_that_stands_and_reports_them(stage: Stage) -> None:
    first, second, third = claimed_fan(stage, 3)
    before = ends(stage)
    held = [(first.step_id, first.token), (second.step_id, uuid.uuid4()), (third.step_id + 1, third.token)]
    assert renew(stage.runtime.database, held) == {first.step_id}
    after = ends(stage)
    assert {key for key, until in after.items() if until != before[key]} == {first.step_id}


def test_a_renewal_of_nothing_is_nothing(stage: Stage) -> None:
    assert renew(stage.runtime.database, []) == set()


def test_a_recorded_step_is_reported_lost(stage: Stage) -> None:
    (step,) = claimed_fan(stage, 1)
    record(stage.runtime.database, step.step_id, step.token)
    assert renew(stage.runtime.database, [(step.step_id, step.token)]) == set()


@pytest.fixture
def postgres_stage(postgres_tables: str) -> Iterator[Stage]:
    """On PostgreSQL: SQLite locks no rows."""
    with stage_on(postgres_tables) as stage:
        yield stage


def test_a_renewal_waits_for_no_locked_row_and_counts_it_as_standing(postgres_stage: Stage) -> None:
    stage = postgres_stage
    locked, free = claimed_fan(stage, 2)
    before = ends(stage)
    with stage.shop.db.engine.begin() as other:
        other.execute(
            sa.select(WorkflowStep.workflow_step_id)
            .where(WorkflowStep.workflow_step_id == locked.step_id)
            .with_for_update()
        )
        held = [(locked.step_id, locked.token), (free.step_id, free.token)]
        assert renew(stage.runtime.database, held) == {locked.step_id, free.step_id}
    after = ends(stage)
    assert {key for key, until in after.items() if until != before[key]} == {free.step_id}


def later(runtime: Runtime, seconds: float) -> Runtime:
    """Another worker, by whose clock it is so much later."""
    return replace(runtime, database=runtime.database.at(DatabaseClock(seconds)))


def test_a_worker_that_lost_its_lease_writes_nothing(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    task_id, messages = stage.start("patience", 1)
    slow = threading.Thread(target=work, args=(stage.runtime, messages[0]), daemon=True)
    with caplog.at_level(logging.WARNING, logger="flask_tasker"):
        slow.start()
        assert stage.meeting.entered.wait(PATIENCE)
        assert Sweep(later(stage.runtime, 3_600))() == 1
        assert drain(later(stage.runtime, 7_200)) == 2
        assert stage.status(task_id) == "complete"
        stage.meeting.released.set()
        slow.join(PATIENCE)
    wait, _ = stage.step_ids(task_id)
    assert stage.one(sa.select(WorkflowStep.results).where(WorkflowStep.workflow_step_id == wait)) == {"attempt": 2}
    assert stage.history(wait) == ["in_progress", "error", "in_progress", "complete"]
    assert stage.meeting.joined == [task_id]
    assert "the lease was lost, its result is refused" in caplog.text


def test_two_sweeps_at_once_free_an_ended_lease_once(stage: Stage) -> None:
    steps = claimed_fan(stage, 5)
    sweeps = [Sweep(later(stage.runtime, 3_600)) for _ in range(4)]
    assert sum(at_once(sweeps)) == len(steps)
    freed = sa.select(sa.func.count()).where(WorkflowStepTransition.to_status == "error")
    assert stage.one(freed) == len(steps)
