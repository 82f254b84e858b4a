"""The register of worker processes."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from flask_tasker.models import Worker
from flask_tasker.store.clock import FixedClock
from flask_tasker.store.database import Database
from flask_tasker.store.workers import Glance, forget_silent, living_workers, sign_and_glance, sign_off

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def at(database: Database, second: float) -> Database:
    """The database so many seconds after noon."""
    return database.at(FixedClock(datetime.fromtimestamp(NOON.timestamp() + second, UTC)))


def sign(database: Database, name: str, second: float, *, expected_in: float = 10) -> Glance:
    moved = at(database, second)
    return moved.transaction(
        lambda connection: sign_and_glance(connection, moved.clock, name=name, threads=4, expected_in=expected_in)
    )


def living(database: Database, second: float) -> int:
    moved = at(database, second)
    return moved.read(lambda connection: living_workers(connection, moved.clock))


def forget(database: Database, second: float) -> list[str]:
    moved = at(database, second)
    return sorted(moved.transaction(lambda connection: forget_silent(connection, moved.clock)))


def names(database: Database) -> list[str]:
    return database.read(lambda connection: list(connection.scalars(sa.select(Worker.name).order_by(Worker.name))))


def leave(database: Database, name: str) -> None:
    database.transaction(lambda connection: sign_off(connection, name=name))


def test_only_those_seen_lately_live(database: Database) -> None:
    assert living(database, 0) == 0
    sign(database, "one", 0)
    sign(database, "two", 8)
    assert [living(database, second) for second in (8, 9.9, 10, 17.9, 18)] == [2, 2, 1, 1, 0]


def test_a_worker_that_signs_again_is_one_worker_since_its_start(database: Database) -> None:
    for second in (0, 5, 9):
        sign(database, "one", second)
    assert living(database, 9) == 1
    row = database.read(lambda connection: connection.execute(sa.select(Worker.__table__)).one())
    assert (row.threads, row.started_at) == (4, NOON)
    assert (row.seen_at - row.started_at).total_seconds() == 9


def test_who_signs_off_is_gone_and_the_others_are_not(database: Database) -> None:
    sign(database, "one", 0)
    sign(database, "two", 0)
    leave(database, "one")
    leave(database, "nobody")
    assert names(database) == ["two"]


def test_each_worker_says_itself_when_it_is_to_be_seen_again(database: Database) -> None:
    sign(database, "often", 0, expected_in=2)
    sign(database, "rarely", 0, expected_in=60)
    assert [living(database, second) for second in (1, 3, 59, 61)] == [2, 1, 1, 0]


def test_who_signs_counts_the_living_and_sees_that_another_fell_silent(database: Database) -> None:
    assert sign(database, "one", 0, expected_in=5) == Glance(living=1, silent=False, due=False, ended=False)
    assert sign(database, "two", 4, expected_in=5) == Glance(living=2, silent=False, due=False, ended=False)
    assert sign(database, "two", 6, expected_in=5) == Glance(living=1, silent=True, due=False, ended=False)


def test_who_was_silent_itself_lives_again_as_it_signs(database: Database) -> None:
    sign(database, "one", 0, expected_in=5)
    assert sign(database, "one", 9) == Glance(living=1, silent=False, due=False, ended=False)


def test_only_one_finds_a_silent_worker_and_it_may_sign_on_again(database: Database) -> None:
    sign(database, "lost", 0, expected_in=5)
    sign(database, "one", 4, expected_in=5)
    assert forget(database, 6) == ["lost"]
    assert forget(database, 6) == []
    sign(database, "lost", 7)
    assert names(database) == ["lost", "one"]
