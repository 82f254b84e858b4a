"""Creation under an idempotency key: what a key stands for, for whom, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import (
    DuplicateTaskError,
    HandlerFactory,
    IdempotencyConflictError,
    InvalidRequestError,
    StepRun,
    TaskHandler,
    TaskRequest,
    UnknownHandlerError,
    step,
    task_handler,
)
from flask_tasker.engine import Once, Runtime, create_task, create_task_once, purge
from flask_tasker.lifecycle import StepMessage
from flask_tasker.models import IdempotencyKey, Task
from flask_tasker.store.clock import FixedClock
from tests.reliability.lab import Lab

NOON = datetime(2026, 5, 6, 12, 0, 30, tzinfo=UTC)
DAY = timedelta(hours=24)
MOMENT = timedelta(milliseconds=1)

ORDER = TaskRequest(
    name="order",
    version="1",
    context={"number": 1, "address": {"city": "Riga", "street": "Brivibas"}},
    initiator="checkout",
    source_system="shop",
    reason="paid",
    tags=("urgent", "gift"),
)


@pytest.fixture(autouse=True)
def _orders_are_known(lab: Lab) -> None:
    @task_handler("order", version="1", factory=lab.runtime.handlers)
    class Order(TaskHandler):
        @step
        def reserve(self, run: StepRun) -> None:
            """Keep the goods."""

        @step(skippable=True, depends_on=reserve)
        def thank(self, run: StepRun) -> None:
            """Write a letter."""


@pytest.fixture
def runtime(lab: Lab) -> Runtime:
    """The engine of an app whose clock stands still."""
    return at(lab.runtime, NOON)


def at(runtime: Runtime, moment: datetime) -> Runtime:
    return replace(runtime, database=runtime.database.at(FixedClock(moment)))


def keeping(runtime: Runtime, hours: float) -> Runtime:
    return replace(runtime, settings=replace(runtime.settings, idempotency_hours=hours))


def once(runtime: Runtime, request: TaskRequest = ORDER, *, key: str = "k-1", owner: str | None = None) -> Once:
    return create_task_once(runtime, request, key=key, owner=owner)


def rows(lab: Lab) -> tuple[int, int]:
    """How many tasks and keys there are."""
    with lab.engine.connect() as connection:
        tasks, keys = (sa.select(sa.func.count()).select_from(model) for model in (Task, IdempotencyKey))
        return connection.execute(tasks).scalar_one(), connection.execute(keys).scalar_one()


def test_a_key_that_is_free_creates_a_task_that_runs(lab: Lab) -> None:
    made = once(lab.runtime)
    assert made.created
    lab.drain()
    assert lab.task(made.task_id).status == "complete"


def test_the_task_is_the_owners(lab: Lab, runtime: Runtime) -> None:
    made = once(runtime, owner="ann")
    with lab.engine.connect() as connection:
        assert connection.scalars(sa.select(Task.owner).where(Task.task_id == made.task_id)).one() == "ann"


def test_the_same_again_gives_the_same_task(lab: Lab, runtime: Runtime) -> None:
    first = once(runtime)
    assert once(runtime) == Once(task_id=first.task_id, created=False)
    assert rows(lab) == (1, 1)


def test_the_task_may_have_ended_meanwhile(lab: Lab) -> None:
    first = once(lab.runtime)
    lab.drain()
    assert once(lab.runtime) == Once(task_id=first.task_id, created=False)


def test_workers_are_told_once_and_only_of_what_is_committed(lab: Lab, runtime: Runtime) -> None:
    told: list[tuple[int, tuple[int, int]]] = []

    def send(messages: Sequence[StepMessage]) -> None:
        told.extend((message.task_id, rows(lab)) for message in messages)

    sending = replace(runtime, send=send)
    first = once(sending)
    once(sending)
    assert told == [(first.task_id, (1, 1))]


def test_the_order_of_keys_in_the_context_does_not_count(runtime: Runtime) -> None:
    first = once(runtime)
    turned = replace(ORDER, context={"address": {"street": "Brivibas", "city": "Riga"}, "number": 1})
    assert once(runtime, turned).task_id == first.task_id


@pytest.mark.parametrize(
    "changed",
    [
        {"context": {"number": 2}},
        {"initiator": "clerk"},
        {"source_system": "till"},
        {"reason": None},
        {"tags": ("urgent",)},
        {"bypass_steps": ("thank",)},
        {"version": None},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_request_under_the_key_is_refused(lab: Lab, runtime: Runtime, changed: dict[str, Any]) -> None:
    first = once(runtime, key="secret-key")
    with pytest.raises(IdempotencyConflictError, match="used for another request") as refusal:
        once(runtime, replace(ORDER, **changed), key="secret-key")
    assert str(first.task_id) not in str(refusal.value)
    assert "secret-key" not in str(refusal.value)
    assert rows(lab) == (1, 1)


@pytest.mark.parametrize(
    "changed", [{"requested_at": NOON}, {"correlation_id": "c-2"}], ids=lambda one: next(iter(one))
)
def test_what_a_client_sends_anew_each_time_makes_no_other_request(runtime: Runtime, changed: dict[str, Any]) -> None:
    first = once(runtime)
    assert once(runtime, replace(ORDER, **changed)).task_id == first.task_id


def test_each_owner_has_keys_of_their_own(lab: Lab, runtime: Runtime) -> None:
    owners = ("ann", "bob", None, "null")
    assert len({once(runtime, owner=owner).task_id for owner in owners}) == len(owners)
    assert rows(lab) == (4, 4)


def test_an_identical_request_is_refused_neither_under_another_key_nor_under_none(lab: Lab, runtime: Runtime) -> None:
    under_keys = [once(runtime, key=key) for key in ("k-1", "k-2")]
    assert [made.created for made in under_keys] == [True, True]
    create_task(runtime, ORDER)
    with pytest.raises(DuplicateTaskError):
        create_task(runtime, ORDER)
    assert once(runtime, key="k-3").created
    assert rows(lab) == (4, 3)


@pytest.mark.parametrize(
    ("hours", "age", "created"),
    [
        (24, DAY - MOMENT, False),
        (24, DAY, True),
        (0.5, timedelta(minutes=30) - MOMENT, False),
        (0.5, timedelta(minutes=30), True),
    ],
)
def test_a_key_stands_for_as_long_as_the_setting_says(
    lab: Lab, runtime: Runtime, hours: float, age: timedelta, created: bool
) -> None:
    first = once(keeping(runtime, hours))
    again = once(at(keeping(runtime, hours), NOON + age))
    assert (again.created, again.task_id != first.task_id) == (created, created)
    assert rows(lab) == (1 + created, 1)


def test_a_key_whose_time_is_up_serves_another_request_from_then_on(runtime: Runtime) -> None:
    once(runtime)
    other = replace(ORDER, context={"number": 2})
    second = once(at(runtime, NOON + DAY), other)
    assert second.created
    assert once(at(runtime, NOON + 2 * DAY - MOMENT), other) == Once(task_id=second.task_id, created=False)
    with pytest.raises(IdempotencyConflictError):
        once(at(runtime, NOON + DAY))


def test_a_key_whose_time_is_up_within_the_minute_makes_a_second_task(runtime: Runtime) -> None:
    quick = keeping(runtime, 1 / 3_600)
    first, second = once(quick), once(at(quick, NOON + timedelta(seconds=1)))
    assert second.created
    assert second.task_id != first.task_id


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (replace(ORDER, name="no such"), UnknownHandlerError),
        (replace(ORDER, context=["no object"]), InvalidRequestError),  # type: ignore[arg-type]
        (replace(ORDER, context={"a set": {1}}), InvalidRequestError),
        (replace(ORDER, tags=None), InvalidRequestError),  # type: ignore[arg-type]
        (replace(ORDER, bypass_steps=("reserve",)), InvalidRequestError),
    ],
    ids=["name", "context", "no JSON", "tags", "bypass_steps"],
)
def test_a_refused_request_writes_nothing_and_leaves_the_key_free(
    lab: Lab, runtime: Runtime, refused: TaskRequest, error: type[Exception]
) -> None:
    with pytest.raises(error):
        once(runtime, refused)
    assert rows(lab) == (0, 0)
    assert once(runtime).created


def test_a_refused_request_under_a_key_that_stands_is_refused_all_the_same(lab: Lab, runtime: Runtime) -> None:
    once(runtime)
    with pytest.raises(UnknownHandlerError):
        once(runtime, replace(ORDER, name="no such"))
    assert rows(lab) == (1, 1)


def test_what_was_accepted_stays_so_though_its_handler_is_gone(runtime: Runtime) -> None:
    first = once(runtime)
    later = replace(runtime, handlers=HandlerFactory())
    assert once(later) == Once(task_id=first.task_id, created=False)
    with pytest.raises(UnknownHandlerError):
        once(at(later, NOON + DAY))


def test_a_creation_that_fails_half_way_leaves_the_key_free(lab: Lab, runtime: Runtime) -> None:
    def fail(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO tasker_workflow_steps"):
            raise LookupError

    sa.event.listen(runtime.database.engine, "before_cursor_execute", fail)
    with pytest.raises(LookupError):
        once(runtime)
    sa.event.remove(runtime.database.engine, "before_cursor_execute", fail)
    assert rows(lab) == (0, 0)
    assert once(runtime).created


def test_no_key_is_stored_as_it_is(lab: Lab, runtime: Runtime) -> None:
    made = once(runtime, key="secret-key", owner="ann")
    with lab.engine.connect() as connection:
        kept = connection.execute(sa.select(sa.inspect(IdempotencyKey).local_table)).one()
    assert (len(kept.key_hash), len(kept.request_hash), kept.task_id) == (64, 64, made.task_id)
    assert "secret-key" not in str(kept)


@pytest.mark.parametrize("key", ["", "k" * 256, "two\nlines", "\x00", "\ud800"])
def test_a_key_that_is_none_is_refused(lab: Lab, runtime: Runtime, key: str) -> None:
    with pytest.raises(InvalidRequestError, match="1 to 255 printable characters") as refusal:
        once(runtime, key=key)
    assert set(refusal.value.faults) == {"idempotency_key"}
    assert rows(lab) == (0, 0)


@pytest.mark.parametrize("key", ["k", "k" * 255, "spaced out", "ключ"])
def test_any_printable_key_will_do(runtime: Runtime, key: str) -> None:
    assert once(runtime, key=key).created
    assert not once(runtime, key=key).created


def test_a_task_that_is_purged_takes_its_key_along(lab: Lab) -> None:
    first = once(lab.runtime)
    lab.drain()
    later = at(lab.runtime, datetime.now(UTC) + timedelta(hours=1))
    assert purge(later, older_than=60).deleted == 1
    assert rows(lab) == (0, 0)
    second = once(lab.runtime)
    assert second.created
    assert lab.runtime.database.is_sqlite or second.task_id != first.task_id
