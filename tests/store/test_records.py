"""Recording: what a step says of itself after each outcome."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.lifecycle import Completed, Failed, GivenBack, Outcome, StepChange, decide
from flask_tasker.models import WorkflowStep
from flask_tasker.store.claims import Lease, claim_steps
from flask_tasker.store.database import Database
from flask_tasker.store.records import record_change
from tests.web.rows import NOW, Rows, StepRow

FAILURE = Failed(error="ConnectionError: refused", retry_in=0.0, backoff_request=7.0)


@pytest.fixture
def step_id(rows: Rows) -> int:
    """A step that is due."""
    return rows.step_ids(rows.task(steps=[StepRow(name="only", columns={"next_attempt_at": NOW})]))["only"]


def after(database: Database, step_id: int, *outcomes: Outcome) -> WorkflowStep:
    """The step after attempts that came to these outcomes."""
    for outcome in outcomes:
        lease = Lease(worker="w", token=uuid.uuid4(), seconds=30)

        def attempt(connection: sa.Connection, lease: Lease = lease, outcome: Outcome = outcome) -> StepChange | None:
            (step,) = claim_steps(connection, database.clock, task_id=1, step_ids=[step_id], lease=lease)
            change = decide(outcome, replace(step.attempt, limit=9))
            return record_change(
                connection, database.clock, step_id=step_id, token=lease.token, change=change, actor="w"
            )

        assert database.transaction(attempt)
    return database.read(lambda connection: Session(connection).scalars(sa.select(WorkflowStep)).one())


def test_a_failure_is_told_until_the_step_is_complete(database: Database, step_id: int) -> None:
    step = after(database, step_id, FAILURE)
    assert (step.status, step.attempts, step.error, step.backoff_request_seconds) == ("error", 1, FAILURE.error, 7.0)
    step = after(database, step_id, Completed(results={"paid": True}))
    assert (step.status, step.attempts, step.error, step.results) == ("complete", 2, None, {"paid": True})
    assert step.backoff_request_seconds is None


def test_a_step_given_back_before_its_first_attempt_is_pending_and_uncounted(database: Database, step_id: int) -> None:
    step = after(database, step_id, GivenBack(reason="stopping"))
    assert (step.status, step.attempts, step.error) == ("pending", 0, None)
    assert step.next_attempt_at is not None


def test_a_step_given_back_after_a_failure_still_tells_of_it(database: Database, step_id: int) -> None:
    step = after(database, step_id, FAILURE, GivenBack(reason="stopping"))
    assert (step.status, step.attempts, step.error, step.backoff_request_seconds) == ("error", 1, FAILURE.error, 7.0)
    assert step.next_attempt_at is not None


def test_the_count_goes_on_after_a_step_was_given_back(database: Database, step_id: int) -> None:
    step = after(database, step_id, FAILURE, GivenBack(reason="stopping"), FAILURE)
    assert (step.status, step.attempts) == ("error", 2)
