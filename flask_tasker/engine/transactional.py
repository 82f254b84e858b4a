"""Transactional steps: what the handler writes commits together with its result, or not at all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from ..errors import TaskerError
from ..handlers import HandlerDefinition, StepRun
from ..lifecycle import Completed, Failed, Outcome, StepStatus
from ..logs import Bound, bound_fields
from ..store.claims import ClaimedStep, TaskFacts
from ..store.leases import renew_leases
from ..store.savepoint import begin_outright
from .advance import Advance
from .attempt import described
from .execute import CONTEXT_FAILED, attempted, failed_here, prepare
from .logged import attempt_fields
from .record import Recording, after_commit, hold, record, recording_of
from .runtime import Runtime

logger = logging.getLogger(__name__)

_GUARDED: Final = "flask_tasker.transactional"
SQLITE_LEASE_SECONDS: Final = 3_600.0


def run_transactional(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, known: Mapping[str, Any]
) -> tuple[Outcome, Advance]:
    """Run one attempt of a transactional step, and record it in the transaction of the host's session."""
    with Bound(partial(attempt_fields, runtime, facts, step)):
        return _run(runtime, definition, facts, step, known)


def _run(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, known: Mapping[str, Any]
) -> tuple[Outcome, Advance]:
    recording = partial(recording_of, runtime, definition, facts, step)
    done: tuple[Outcome, Callable[[], Advance]] | None = None
    try:
        with runtime.app_context():
            prepared = prepare(runtime, definition, facts, step, known)
            # What loading the context read was read before the step's transaction.
            runtime.host_session().rollback()
            if isinstance(prepared, StepRun):
                _lengthen_lease(runtime, step)
                done = _run_in_session(runtime, definition, facts, step, prepared, recording_of_outcome=recording)
            else:
                outcome: Outcome = prepared
    except Exception as error:
        logger.exception(CONTEXT_FAILED, step.name, step.task_id, extra=bound_fields())
        outcome = failed_here(runtime, definition, step, f"the app context failed: {described(error)}")
    if done is None:
        return outcome, record(recording(outcome))
    outcome, go_on = done
    return outcome, go_on()


def _run_in_session(
    runtime: Runtime,
    definition: HandlerDefinition,
    facts: TaskFacts,
    step: ClaimedStep,
    run: StepRun[Any],
    *,
    recording_of_outcome: Callable[..., Recording],
) -> tuple[Outcome, Callable[[], Advance]]:
    """Run it and commit; gives back what is left to do: outside of what is around the step's own transaction, whose
    failure it is not."""
    session = runtime.host_session()
    with _owned_by_the_step(session):
        _begin_read_committed(runtime, session)
        begun = time.monotonic()
        outcome = attempted(runtime, definition, facts, step, replace(run, session=session))
        recording_of_outcome = partial(recording_of_outcome, seconds=time.monotonic() - begun)
    outcome = _unless_removed(runtime, session, outcome)
    if not isinstance(outcome, Completed):
        session.rollback()
        return outcome, partial(record, recording_of_outcome(outcome))
    recording: Recording | None = None
    try:
        connection = session.connection(**runtime.bind_arguments())
        recording = recording_of_outcome(outcome, within=connection)
        recorded = recording(connection)
        if recorded is not None and recorded.change.status is StepStatus.COMPLETE:
            session.commit()
            runtime.holdings.drop(step)
            hold(runtime, recorded.advance.here)
            return outcome, partial(after_commit, recording, recorded)
    except Exception as error:
        session.rollback()
        failed = failed_here(runtime, definition, step, f"the step's transaction failed: {described(error)}")
        # If the answer was lost and not the commit, the record finds its own token and goes on from there.
        again = recording_of_outcome(failed)
        return failed, partial(record, again if recording is None else replace(again, lease=recording.lease))
    # The lease was lost, or the step was asked to stop: what it wrote goes with its result.
    session.rollback()
    return outcome, partial(record, recording)


def _unless_removed(runtime: Runtime, session: Session, outcome: Outcome) -> Outcome:
    if isinstance(outcome, Completed) and runtime.host_session() is not session:
        error = "the step removed its session, db.session.remove(), and its writes with it"
        return Failed(error=error, retry_in=None)
    return outcome


@contextmanager
def _owned_by_the_step(session: Session) -> Iterator[None]:
    session.info[_GUARDED] = True
    try:
        yield
    finally:
        session.info.pop(_GUARDED, None)


@event.listens_for(Session, "before_commit")
def _refuse_commit(session: Session) -> None:
    if session.info.get(_GUARDED) and not session.in_nested_transaction():
        raise TaskerError(
            "a transactional step must not commit its session: its writes commit together with its result. Take the "
            "commit() out, or take transactional=True off the step"
        )


@event.listens_for(Session, "after_begin")
def _begin(session: Session, _transaction: SessionTransaction, connection: sa.Connection) -> None:
    """The step may begin with a savepoint."""
    if session.info.get(_GUARDED):
        begin_outright(connection)


def _begin_read_committed(runtime: Runtime, session: Session) -> None:
    """Whatever the host's isolation level: above this one, a heartbeat that renews the step would make it fail."""
    if not runtime.database.is_sqlite:
        session.connection(execution_options={"isolation_level": "READ COMMITTED"}, **runtime.bind_arguments())


def _lengthen_lease(runtime: Runtime, step: ClaimedStep) -> None:
    """On SQLite the step holds the only write lock from its first statement on: no heartbeat can renew its lease."""
    if runtime.database.is_sqlite:
        seconds = max(step.timeout_seconds or SQLITE_LEASE_SECONDS, runtime.settings.lease_seconds)
        held = [(step.step_id, step.token)]
        runtime.database.transaction(
            lambda connection: renew_leases(connection, runtime.database.clock, held=held, seconds=seconds)
        )
