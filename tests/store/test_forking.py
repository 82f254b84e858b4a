"""A fork waits for what goes on in SQLite: its child would wait for ever for locks that nobody has there."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.store.database import Database, engine_beside
from flask_tasker.store.forking import writing


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    host = sa.create_engine(f"sqlite:///{tmp_path / 'forked.sqlite'}")
    yield Database(engine=engine_beside(host))
    host.dispose()


@pytest.mark.parametrize("way", ["read", "transaction"])
def test_a_fork_waits_until_nobody_reads_or_writes_any_more(sqlite: Database, way: str) -> None:
    inside, go = threading.Event(), threading.Event()
    forked: list[bool] = []

    def use(connection: sa.Connection) -> None:
        connection.scalar(sa.text("SELECT 1"))
        inside.set()
        assert go.wait(30)

    def fork() -> None:
        child = os.fork()
        if child == 0:
            os._exit(sqlite.read(lambda connection: connection.scalar(sa.text("SELECT 3"))))
        forked.append(go.is_set())
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3

    user = threading.Thread(target=getattr(sqlite, way), args=(use,))
    user.start()
    assert inside.wait(30)
    forker = threading.Thread(target=fork)
    forker.start()
    forker.join(0.2)
    assert forked == []
    go.set()
    for thread in (user, forker):
        thread.join(30)
    assert forked == [True]


def test_who_reads_may_fork_and_read_on(sqlite: Database) -> None:
    def fork(connection: sa.Connection) -> int:
        child = os.fork()
        if child == 0:
            os._exit(4)
        assert connection.scalar(sa.text("SELECT 1")) == 1
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert sqlite.read(fork) == 4


def test_a_writer_that_is_interrupted_while_it_waits_leaves_the_gate_to_others(sqlite: Database) -> None:
    """As the watchdog interrupts a handler whose time is up: wherever it is, also as it is given the lock."""
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with writing(sqlite.engine):
            inside.set()
            leave.wait(10)

    def wait_for_it() -> None:
        with suppress(Interruption), writing(sqlite.engine):
            pass

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(10)
    waiter = threading.Thread(target=wait_for_it)
    waiter.start()
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(waiter.ident or 0), ctypes.py_object(Interruption))
    leave.set()
    holder.join(10)
    waiter.join(10)

    written = threading.Event()

    def write() -> None:
        with writing(sqlite.engine):
            written.set()

    threading.Thread(target=write, daemon=True).start()
    assert written.wait(10)


class Interruption(BaseException):
    """What is thrown into a thread."""
