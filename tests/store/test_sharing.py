"""On SQLite, what several threads have to write at the same moment is committed together; none falls with another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.store.database import Database, engine_beside
from flask_tasker.store.forking import group_on
from tests.reliability.eventually import eventually

OUTLAST = 30.0
Work = Callable[[sa.Connection], str]


@dataclass
class Crowd:
    """Threads that write on one database, and what was committed."""

    database: Database
    pool: ThreadPoolExecutor
    commits: list[int] = field(default_factory=list)

    def write(self, work: Work) -> Future[str]:
        """Have a thread write, by work that may be run again."""
        return self.pool.submit(self.database.transaction, work, outlast=OUTLAST)

    def meet(self, *works: Work) -> list[Future[str]]:
        """Have all of these written while one thread writes already, so that they wait for it together."""
        group = group_on(self.database.engine)
        assert group is not None
        inside, go = threading.Event(), threading.Event()

        def first(connection: sa.Connection) -> str:
            inside.set()
            assert go.wait(30)
            return put("first")(connection)

        leader = self.write(first)
        assert inside.wait(30)
        others = [self.write(work) for work in works]
        eventually(lambda: len(group._waiting) == len(works))
        go.set()
        return [leader, *others]

    def stored(self) -> set[str]:
        """The words that stand."""
        query = sa.text("SELECT word FROM words")
        return set(self.database.read(lambda connection: connection.scalars(query).all()))


def put(word: str) -> Work:
    """Work that writes a word, and gives it back."""

    def write(connection: sa.Connection) -> str:
        connection.execute(sa.text("INSERT INTO words VALUES (:word)"), {"word": word})
        return word

    return write


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    host = sa.create_engine(f"sqlite:///{tmp_path / 'words.sqlite'}")
    database = Database(engine=engine_beside(host))
    with database.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE words (word TEXT UNIQUE)"))
    with ThreadPoolExecutor(8) as pool:
        crowd = Crowd(database, pool)
        sa.event.listen(database.engine, "commit", lambda _connection: crowd.commits.append(1))
        yield crowd
    host.dispose()


def test_what_waits_together_is_committed_together_and_each_thread_gets_its_own_answer(crowd: Crowd) -> None:
    written = crowd.meet(put("a"), put("b"), put("c"))
    assert [future.result(30) for future in written] == ["first", "a", "b", "c"]
    assert crowd.stored() == {"first", "a", "b", "c"}
    assert len(crowd.commits) == 2


def test_what_fails_is_undone_and_takes_none_of_the_others_with_it(crowd: Crowd) -> None:
    def fail(connection: sa.Connection) -> str:
        put("undone")(connection)
        raise LookupError("no such thing")

    _, before, failed, after = crowd.meet(put("a"), fail, put("b"))
    assert (before.result(30), after.result(30)) == ("a", "b")
    with pytest.raises(LookupError, match="no such thing"):
        failed.result(30)
    assert crowd.stored() == {"first", "a", "b"}


def test_a_thread_that_is_interrupted_while_it_writes_for_all_keeps_nobody_from_writing(crowd: Crowd) -> None:
    def interrupt(_connection: sa.Connection) -> str:
        raise KeyboardInterrupt

    first, interrupted, other = crowd.meet(interrupt, put("a"))
    assert (first.result(30), other.result(30)) == ("first", "a")
    with pytest.raises(KeyboardInterrupt):
        interrupted.result(30)
    assert crowd.stored() == {"first", "a"}


def test_work_that_is_not_to_be_run_again_shares_no_transaction(crowd: Crowd) -> None:
    assert crowd.database.transaction(put("alone")) == "alone"
    with pytest.raises(sa.exc.IntegrityError):
        crowd.database.transaction(put("alone"))
    assert len(crowd.commits) == 1


def test_a_single_thread_hears_at_once_of_what_failed(crowd: Crowd) -> None:
    tried: list[int] = []

    def fail(_connection: sa.Connection) -> str:
        tried.append(1)
        raise LookupError("no such thing")

    with pytest.raises(LookupError):
        crowd.write(fail).result(30)
    assert tried == [1]
