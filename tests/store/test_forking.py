"""A fork waits for what goes on in SQLite: its child would wait for ever for locks that nobody has there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.store import forking
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


def test_who_may_wait_for_ever_takes_the_gate_in_one_step(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler whose time is up may be interrupted between a call that takes a lock and what would give it back."""

    class Gate:
        def __init__(self) -> None:
            self.entered = 0

        def __enter__(self) -> None:
            self.entered += 1

        def __exit__(self, *_: object) -> None:
            self.entered -= 1

        def acquire(self, **_options: object) -> bool:
            raise AssertionError("taken by hand")

    gate = Gate()
    monkeypatch.setattr(forking._gates[sqlite.engine], "lock", gate)

    with writing(sqlite.engine):
        assert gate.entered == 1
    assert gate.entered == 0
