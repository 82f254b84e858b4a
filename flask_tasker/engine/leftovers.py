"""What a step wrote to ``db.session`` and forgot to commit."""

from __future__ import annotations

import logging
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from ..logs import bound_fields
from ..store.claims import ClaimedStep
from .runtime import Runtime

logger = logging.getLogger(__name__)

_KEY: Final = "flask_tasker.wrote"
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")


def warn_of_leftovers(runtime: Runtime, step: ClaimedStep) -> None:
    """Roll the host's session back, and warn if that takes writes with it; called in the step's app context."""
    if not runtime.host_session.registry.has():
        # The step has not asked for it, and one that is made here would have nothing in it.
        return
    session = runtime.host_session()
    if session.new or session.dirty or session.deleted or session.info.pop(_KEY, False):
        logger.warning(
            "step %r of task %d left writes uncommitted, and they are rolled back: call db.session.commit(), or "
            "declare the step transactional",
            step.name,
            step.task_id,
            extra=bound_fields(),
        )
    session.rollback()


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: Any) -> None:
    session.info[_KEY] = True


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete or _is_textual_write(state.statement):
        state.session.info[_KEY] = True


def _is_textual_write(statement: sa.Executable) -> bool:
    return isinstance(statement, sa.TextClause) and statement.text.lstrip()[:6].upper() in _WRITES


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _settled(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_KEY, None)
