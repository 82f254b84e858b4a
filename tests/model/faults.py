"""What goes wrong at a commit or at a send: the process dies there, or the connection does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import psycopg2
import sqlalchemy as sa

from tests.model.chance import Chance

MEETING_SECONDS: Final = 0.05
CALL: Final = "EXECUTE "


class Crash(BaseException):
    """The process died here: nothing of it catches this, and nothing after it happens."""


class Fault(StrEnum):
    """What goes wrong."""

    CRASH_BEFORE_COMMIT = "crash before the commit"
    CRASH_AFTER_COMMIT = "crash after the commit"
    CONNECTION_LOST = "connection lost before the commit"
    ANSWER_LOST = "answer to the commit lost"
    CRASH_AT_SEND = "crash at the send"
    BROKER_DOWN = "broker down"


MOSTLY_NOTHING: Final = 12
BEFORE_THE_COMMIT: Final = (Fault.CRASH_BEFORE_COMMIT, Fault.CONNECTION_LOST)
DISCONNECTING: Final = (Fault.CONNECTION_LOST, Fault.ANSWER_LOST)


@dataclass(frozen=True)
class Plan:
    """Which fault strikes, and at the how-manieth commit or send from now."""

    fault: Fault
    at: int = 1


def planned_by(chance: Chance) -> Plan | None:
    """What goes wrong, if anything does."""
    fault = chance.one_of([*[None] * MOSTLY_NOTHING, *Fault, Fault.ANSWER_LOST], "what goes wrong")
    return None if fault is None else Plan(fault, chance.one_of([2, 1, 3, 4], "at which commit or send"))


@dataclass(frozen=True)
class Pause:
    """A thread stands still before a statement until another one is through with its work."""

    statement: int
    over: threading.Event


@dataclass
class _Course:
    """What one thread has planned, and how far it is."""

    plan: Plan | None = None
    commits: int = 0
    sends: int = 0
    statements: int = 0
    meeting: threading.Barrier | None = None
    pause: Pause | None = None

    @property
    def due(self) -> Plan | None:
        """What strikes at the commit that has come."""
        return self.plan if self.plan is not None and self.plan.at == self.commits else None


class _Courses(threading.local):
    """Each thread's own."""

    course: _Course | None = None


@dataclass
class Faults:
    """Strikes at the driver's commit, below SQLAlchemy, so that what follows is the engine's real way out."""

    _courses: _Courses = field(default_factory=_Courses)

    def install(self, engine: sa.Engine) -> None:
        """Stand between ``engine`` and its driver."""
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:
            course = self._courses.course or _Course()
            course.commits += 1
            _meet(course)
            plan = course.due
            if plan is not None and plan.fault in BEFORE_THE_COMMIT:
                # The server has seen that nobody is there any more: when it does is not for chance to say.
                connection.rollback()
            _strike(plan, dialect.name, Fault.CRASH_BEFORE_COMMIT, Fault.CONNECTION_LOST)
            commit(connection)
            _strike(plan, dialect.name, Fault.CRASH_AFTER_COMMIT, Fault.ANSWER_LOST)

        dialect.do_commit = do_commit
        sa.event.listen(engine, "before_cursor_execute", lambda *_arguments: self._before_statement())

    def install_on_statements(self, engine: sa.Engine) -> None:
        """Stand between an engine and its driver whose prepared statements are each a transaction of its own."""

        def before(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            if not statement.startswith(CALL):
                return
            self._before_statement()
            course = self._courses.course or _Course()
            course.commits += 1
            _meet(course)
            try:
                _strike(course.due, engine.dialect.name, Fault.CRASH_BEFORE_COMMIT, Fault.CONNECTION_LOST)
            except psycopg2.OperationalError as error:
                raise sa.exc.OperationalError(statement, parameters, error, connection_invalidated=True) from error

        def after(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            course = self._courses.course or _Course()
            if statement.startswith(CALL):
                _strike(course.due, engine.dialect.name, Fault.CRASH_AFTER_COMMIT, Fault.ANSWER_LOST)

        sa.event.listen(engine, "before_cursor_execute", before)
        sa.event.listen(engine, "after_cursor_execute", after)

    @contextmanager
    def planned(
        self, plan: Plan | None, *, meeting: threading.Barrier | None = None, pause: Pause | None = None
    ) -> Iterator[None]:
        """``plan`` holds for what this thread does within; at ``meeting`` it waits for others before each commit."""
        self._courses.course = _Course(plan=plan, meeting=meeting, pause=pause)
        try:
            yield
        finally:
            self._courses.course = None

    def _before_statement(self) -> None:
        course = self._courses.course or _Course()
        course.statements += 1
        if course.pause is not None and course.pause.statement == course.statements:
            # The other one may wait for a lock of this one.
            course.pause.over.wait(timeout=MEETING_SECONDS)

    def sending(self) -> None:
        """Something is being sent: raises where that is to fail."""
        course = self._courses.course or _Course()
        course.sends += 1
        if course.plan is None or course.plan.at != course.sends:
            return
        if course.plan.fault is Fault.CRASH_AT_SEND:
            raise Crash
        if course.plan.fault is Fault.BROKER_DOWN:
            raise ConnectionError("the broker is down")


def _meet(course: _Course) -> None:
    """Wait until the other thread is about to commit as well. One that cannot come (it waits for a lock) is not waited
    for again: the barrier is broken then."""
    if course.meeting is not None:
        try:
            course.meeting.wait(timeout=MEETING_SECONDS)
        except threading.BrokenBarrierError:
            course.meeting = None


def _strike(plan: Plan | None, dialect: str, crash: Fault, disconnect: Fault) -> None:
    if plan is not None and plan.fault is crash:
        raise Crash
    if plan is not None and plan.fault is disconnect:
        raise _disconnected(dialect)


def _disconnected(dialect: str) -> Exception:
    """What the driver raises when its connection is gone."""
    if dialect == "sqlite":
        return sqlite3.ProgrammingError("Cannot operate on a closed database.")
    return psycopg2.OperationalError("server closed the connection unexpectedly")
