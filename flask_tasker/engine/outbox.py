"""Messages that leave once the caller's outermost transaction has committed, or never.

What is pending lives in the session's ``info``, each new task under the transaction or savepoint it was written in.
A savepoint that is rolled back takes its tasks with it; one that is released hands them to the one around it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, make_transient

from ..lifecycle import StepMessage
from ..models import Task
from .runtime import Send

logger = logging.getLogger(__name__)

_KEY = "flask_tasker.outbox"


@dataclass
class _Pending:
    """A new task, the transaction or savepoint that it stands in, what is to be said of it, and what is done before."""

    within: SessionTransaction | None
    connection: sa.Connection
    task: Task
    send: Send
    messages: Sequence[StepMessage]
    first: Callable[[], None]


@dataclass
class _Outbox:
    pending: list[_Pending] = field(default_factory=list)
    committed: set[SessionTransaction | None] = field(default_factory=set)


def send_after_commit(
    session: Session,
    connection: sa.Connection,
    send: Send,
    messages: Sequence[StepMessage],
    *,
    task: Task,
    first: Callable[[], None],
) -> None:
    """Have ``messages``, which tell of ``task``, sent once the outermost transaction of ``session`` has committed.

    ``first`` is called before; it raises nothing, and does not use the session. Where the caller has begun a
    transaction on the ``connection`` itself, nobody sees when that commits: the task is left to the sweep.
    """
    outbox: _Outbox = session.info.setdefault(_KEY, _Outbox())
    outbox.pending.append(_Pending(_innermost(session), connection, task, send, messages, first))


def send_now(send: Send, messages: Sequence[StepMessage]) -> None:
    """Send, and only log where that fails: the rows are committed, and the sweep finds them."""
    if not messages:
        return
    try:
        send(messages)
    except Exception:
        logger.exception("could not hand %d messages to the broker; the sweep will find their steps", len(messages))


@event.listens_for(Session, "after_commit")
def _note_commit(session: Session) -> None:
    outbox: _Outbox | None = session.info.get(_KEY)
    if outbox is not None:
        outbox.committed.add(_innermost(session))


@event.listens_for(Session, "after_transaction_end")
def _pass_on(session: Session, transaction: SessionTransaction) -> None:
    outbox: _Outbox | None = session.info.get(_KEY)
    if outbox is None:
        return
    ended = [item for item in outbox.pending if item.within is transaction]
    if transaction.parent is None:
        del session.info[_KEY]
    if transaction not in outbox.committed:
        outbox.pending = [item for item in outbox.pending if item.within is not transaction]
        _forget(session, ended)
    elif transaction.parent is None:
        _send_all([item for item in ended if not item.connection.in_transaction()])
    else:
        for item in ended:
            item.within = transaction.parent


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


def _forget(session: Session, undone: Sequence[_Pending]) -> None:
    """Free the keys of tasks whose rows are gone, as SQLAlchemy does with its own: SQLite gives them out again."""
    for item in undone:
        if item.task in session:
            make_transient(item.task)


def _send_all(items: Sequence[_Pending]) -> None:
    for item in items:
        item.first()
    for send in dict.fromkeys(item.send for item in items):
        send_now(send, [message for item in items if item.send == send for message in item.messages])
