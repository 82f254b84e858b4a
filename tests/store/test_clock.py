"""Clocks: expressions for moments, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from flask_tasker.models import NamedTask, UtcDateTime
from flask_tasker.store.clock import Clock, DatabaseClock, FixedClock
from flask_tasker.store.database import Database
from tests.store.kinds import add_kind

NOON = datetime(2026, 3, 4, 12, 0, 0, 123_456, tzinfo=UTC)


def moments(database: Database, clock: Clock, *seconds: float) -> list[datetime]:
    """The moments so many seconds from the clock's present, all of one statement."""
    query = sa.select(*(clock.after(number).label(f"m{index}") for index, number in enumerate(seconds)))
    return database.read(lambda connection: list(connection.execute(query).one()))


@pytest.mark.parametrize("seconds", [10.0, 0.25, -10.0, 86_400.0 * 400, -86_400.0 * 400])
def test_a_moment_is_so_many_seconds_from_the_present(database: Database, seconds: float) -> None:
    present, moment = moments(database, DatabaseClock(), 0, seconds)
    assert moment.tzinfo is UTC
    assert abs((moment - present).total_seconds() - seconds) < 0.1


@pytest.mark.parametrize("seconds", [1e-5, 1e-9, -1e-5, 0.0, -0.0])
def test_tiny_seconds_are_seconds_too(database: Database, seconds: float) -> None:
    present, moment = moments(database, DatabaseClock(), 0, seconds)
    assert abs((moment - present).total_seconds()) < 0.1


def test_the_databases_clock_is_about_this_machines(database: Database) -> None:
    (present,) = moments(database, DatabaseClock(), 0)
    assert abs((present - datetime.now(UTC)).total_seconds()) < 30


@pytest.mark.parametrize("offset", [3_600.0, -3_600.0, 1e-5])
def test_an_offset_moves_the_present_and_all_that_is_counted_from_it(database: Database, offset: float) -> None:
    (present,) = moments(database, DatabaseClock(), 0)
    moved, later = moments(database, DatabaseClock(offset), 0, 60)
    assert abs((moved - present).total_seconds() - offset) < 5
    assert abs((later - moved).total_seconds() - 60) < 0.1


def test_the_present_moves_on_within_a_transaction(database: Database) -> None:
    query = sa.select(DatabaseClock().now())

    def until_it_moved(connection: sa.Connection) -> bool:
        first = connection.scalars(query).one()
        return any(connection.scalars(query).one() > first for _ in range(10_000))

    assert database.transaction(until_it_moved)


def test_a_fixed_clock_stands_still_to_the_millisecond(database: Database) -> None:
    expected = [NOON + timedelta(seconds=seconds) for seconds in (0, 90, -0.5)]
    found = moments(database, FixedClock(NOON), 0, 90, -0.5)
    assert list(map(in_milliseconds, found)) == list(map(in_milliseconds, expected))


def in_milliseconds(moment: datetime) -> datetime:
    """The moment without what SQLite does not keep."""
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def test_what_a_clock_writes_compares_with_what_a_datetime_writes(database: Database) -> None:
    add_kind(database.at(FixedClock(NOON)), "noon")
    before, after = NOON - timedelta(milliseconds=1), NOON + timedelta(milliseconds=1)
    query = sa.select(NamedTask.name).where(NamedTask.created_at > before, NamedTask.created_at < after)
    assert database.read(lambda connection: connection.scalars(query).all()) == ["noon"]
    clock = FixedClock(NOON)
    query = sa.select(NamedTask.name).where(
        NamedTask.created_at > clock.after(-0.002), NamedTask.created_at <= clock.now()
    )
    assert database.read(lambda connection: connection.scalars(query).all()) == ["noon"]


def test_a_moment_of_another_zone_is_stored_in_utc(database: Database) -> None:
    half_past = datetime(2026, 3, 4, 17, 30, 0, 123_000, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    (moment,) = moments(database, FixedClock(half_past), 0)
    assert (moment, moment.tzinfo) == (datetime(2026, 3, 4, 12, 0, 0, 123_000, tzinfo=UTC), UTC)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 3, 4, 12, 0, 0)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match=r"expected a datetime with a time zone, got datetime\.datetime"):
        UtcDateTime().process_bind_param(naive, database.engine.dialect)
    with pytest.raises(StatementError, match="expected a datetime with a time zone"):
        add_kind(database.at(FixedClock(naive)), "noon")


def test_no_moment_is_no_moment(database: Database) -> None:
    kind = UtcDateTime()
    assert kind.process_bind_param(None, database.engine.dialect) is None
    assert kind.process_result_value(None, database.engine.dialect) is None
