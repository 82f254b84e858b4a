"""One key at once from many sides: one creates, and the others get its task."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import IdempotencyConflictError
from flask_tasker.engine import Runtime
from flask_tasker.models import IdempotencyKey, Task, WorkflowStep
from flask_tasker.models.base import Base
from tests.concurrency.at_once import PATIENCE, at_once
from tests.concurrency.creating import STEPS, once, runtime_on
from tests.concurrency.creators import creator, told_together

PROCESSES = 10


@pytest.fixture
def runtime(tables_url: str) -> Iterator[Runtime]:
    with runtime_on(tables_url) as runtime:
        yield runtime


def counts(runtime: Runtime) -> list[int]:
    """How many tasks, steps and keys there are."""
    models: tuple[type[Base], ...] = (Task, WorkflowStep, IdempotencyKey)
    queries = [sa.select(sa.func.count()).select_from(model) for model in models]
    return runtime.database.read(lambda connection: [connection.scalar(query) or 0 for query in queries])


def assert_one_created(outcomes: list[Any]) -> None:
    assert len({task_id for task_id, _ in outcomes}) == 1
    assert sorted(created for _, created in outcomes) == [False] * (len(outcomes) - 1) + [True]


@pytest.mark.slow
def test_fifty_under_one_key_from_ten_processes_make_one_task(runtime: Runtime, tables_url: str) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(creator(tables_url, one, "under_one_key")) for one in range(PROCESSES)]
        outcomes = told_together(processes)
    assert [process.returncode for process in processes] == [0] * PROCESSES
    assert len(outcomes) == 50
    assert_one_created(outcomes)
    assert counts(runtime) == [1, len(STEPS), 1]


def test_fifty_under_one_key_from_threads_make_one_task(runtime: Runtime) -> None:
    assert_one_created(at_once([partial(once, runtime, 1)] * 50))
    assert counts(runtime) == [1, len(STEPS), 1]


def test_of_two_different_requests_under_one_key_at_once_one_is_refused(runtime: Runtime) -> None:
    def outcome(number: int) -> str:
        try:
            return "created" if once(runtime, number)[1] else "found"
        except IdempotencyConflictError:
            return "refused"

    assert sorted(at_once([partial(outcome, number) for number in range(2)])) == ["created", "refused"]
    assert counts(runtime) == [1, len(STEPS), 1]


class Regret(Exception):
    """What makes a transaction roll back."""


@contextmanager
def told_of_statements(runtime: Runtime, tell: Callable[[str], None]) -> Iterator[None]:
    """Call ``tell`` with each statement just before it is run."""

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        tell(statement)

    sa.event.listen(runtime.database.engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        sa.event.remove(runtime.database.engine, "before_cursor_execute", hear)


def test_where_the_first_rolls_back_the_second_that_waits_for_it_creates(runtime: Runtime) -> None:
    first, arrived = threading.current_thread(), threading.Event()
    second: list[Future[tuple[int, bool]]] = []

    def again() -> tuple[int, bool]:
        if runtime.database.is_sqlite:
            arrived.set()  # here, threads wait for the one writer before they say anything to the database
        return once(runtime, 1)

    def tell(statement: str) -> None:
        if threading.current_thread() is not first:
            if statement.startswith("INSERT INTO tasker_idempotency_keys"):
                arrived.set()
        elif statement.startswith("INSERT INTO tasker_workflow_steps"):
            second.append(pool.submit(again))
            assert arrived.wait(PATIENCE)
            raise Regret

    with ThreadPoolExecutor(1) as pool, told_of_statements(runtime, tell):
        with pytest.raises(Regret):
            once(runtime, 1)
        _, created = second[0].result(PATIENCE)
    assert created
    assert counts(runtime) == [1, len(STEPS), 1]
