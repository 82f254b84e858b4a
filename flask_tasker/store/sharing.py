"""One transaction for what several threads have to write: on SQLite, where they would wait for each other's commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from .forking import group_on, writing
from .grouping import GroupError

T = TypeVar("T")
Work = Callable[[sa.Connection], T]


def in_transaction(engine: sa.Engine, work: Work[T]) -> T:
    """Run ``work`` in a transaction of its own."""
    with writing(engine), engine.begin() as connection:
        return work(connection)


def in_shared_transaction(engine: sa.Engine, work: Work[T]) -> T:
    """Run ``work`` in a savepoint of a transaction with what other threads have to write by then.

    On PostgreSQL, whose transactions write side by side, in one of its own. ``work`` may run in another thread, and
    must be safe to run again after a commit whose answer was lost.
    """
    group = group_on(engine)
    if group is None:
        return in_transaction(engine, work)
    try:
        [result] = group.submit([work], partial(_write_all, engine))
    except GroupError as error:
        cause = error.__cause__
        # Where it is the database itself (locked, full), each alone would fare no better.
        if isinstance(cause, OperationalError) or (error.alone and isinstance(cause, Exception)):
            raise cause from None
        # Another's work, or an interruption of the thread that wrote for all, takes nobody else's with it.
        return in_transaction(engine, work)
    done: _Done[T] = result
    return done.value()


@dataclass(frozen=True)
class _Done(Generic[T]):
    """What came of one of the works that share a transaction."""

    result: T | None = None
    error: Exception | None = None

    def value(self) -> T:
        """The result, in the thread that asked for it."""
        if self.error is not None:
            raise self.error
        return cast("T", self.result)


def _write_all(engine: sa.Engine, works: Sequence[Work[Any]]) -> Sequence[_Done[Any]]:
    with writing(engine), engine.begin() as connection:
        if len(works) == 1:
            return [_Done(works[0](connection))]
        return [_in_savepoint(connection, work) for work in works]


def _in_savepoint(connection: sa.Connection, work: Work[T]) -> _Done[T]:
    savepoint = connection.begin_nested()
    try:
        result = work(connection)
        savepoint.commit()
    except Exception as error:
        # Where SQLite has rolled back the whole transaction (a full disk), this fails, and all of it with it.
        savepoint.rollback()
        return _Done(error=error)
    return _Done(result)
