"""Two requests are the same within the database's calendar minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from flask_tasker import DuplicateTaskError
from flask_tasker.engine import Runtime, create_task, drain
from flask_tasker.models import Task
from flask_tasker.store.clock import FixedClock
from tests.host.shop import an_order, shop_on

MINUTE = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def runtime(tables_url: str) -> Iterator[Runtime]:
    with shop_on(tables_url) as shop:
        yield shop.state.runtime


def create(runtime: Runtime, moment: datetime, number: int = 1) -> Task:
    database = runtime.database.at(FixedClock(moment))
    return create_task(replace(runtime, database=database), an_order(number))


@pytest.mark.parametrize("milliseconds", [0, 1, 30_000, 59_999])
def test_a_second_one_in_the_minute_is_a_duplicate(runtime: Runtime, milliseconds: int) -> None:
    create(runtime, MINUTE)
    with pytest.raises(DuplicateTaskError):
        create(runtime, MINUTE + timedelta(milliseconds=milliseconds))


@pytest.mark.parametrize(("first", "second"), [(-1, 0), (59_999, 60_000), (59_999, 60_001)])
def test_across_the_boundary_a_second_one_is_allowed(runtime: Runtime, first: int, second: int) -> None:
    tasks = [create(runtime, MINUTE + timedelta(milliseconds=number)) for number in (first, second)]
    assert tasks[0].identity_hash == tasks[1].identity_hash
    assert tasks[0].task_id != tasks[1].task_id


def test_a_first_one_that_is_complete_is_still_in_its_minute(runtime: Runtime) -> None:
    create(runtime, MINUTE)
    assert drain(runtime) == 2
    with pytest.raises(DuplicateTaskError):
        create(runtime, MINUTE + timedelta(seconds=59))


def test_the_minute_is_stored_whole_and_in_utc_whatever_the_zone(runtime: Runtime) -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    create(runtime, (MINUTE + timedelta(seconds=42.5)).astimezone(zone))
    found = runtime.database.read(lambda connection: connection.scalars(sa.select(Task.identity_minute)).one())
    assert found == MINUTE


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "UTC"])
def test_the_zone_of_a_postgresql_session_does_not_count(postgres_tables: str, zone: str) -> None:
    options = {"connect_args": {"options": f"-c TimeZone={zone}"}}
    with shop_on(postgres_tables, SQLALCHEMY_ENGINE_OPTIONS=options) as shop:
        create(shop.state.runtime, MINUTE + timedelta(seconds=59))
        with pytest.raises(DuplicateTaskError):
            create(shop.state.runtime, MINUTE)
        assert create(shop.state.runtime, MINUTE + timedelta(seconds=60)).task_id is not None


def test_an_idle_task_leaves_a_different_request_alone(runtime: Runtime) -> None:
    create(runtime, MINUTE, 1)
    assert create(runtime, MINUTE, 2).context == {"order_id": 2}
