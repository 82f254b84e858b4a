"""The embedded worker in processes of their own: commands, reloader, forks, and the end of a process."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.models import Task, TaskTransition, Worker, WorkflowStep, WorkflowStepTransition
from tests.host.processes import FLASK, run_module, running_module
from tests.host.shop import shop_on
from tests.host.waiting import until


def stored(url: str, query: sa.Select[Any]) -> list[Any]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.scalars(query))


def statuses(url: str) -> list[str]:
    return stored(url, sa.select(Task.status).order_by(Task.task_id))


def workers(url: str) -> list[int]:
    """The process ids of the workers on the register."""
    return [int(name.split(":")[1]) for name in stored(url, sa.select(Worker.name))]


def test_another_flask_command_leaves_its_task_to_a_serving_process(sqlite_tables: str) -> None:
    assert "threads: []" in run_module(sqlite_tables, *FLASK, "start")
    assert (statuses(sqlite_tables), workers(sqlite_tables)) == (["pending"], [])


def test_the_flask_shell_starts_no_worker(sqlite_tables: str) -> None:
    typed = (
        "from tests.host.served import *\n"
        "tasker.create_task(an_order(1)).task_id\n"
        "print('threads:', tasker_threads())\n"
    )
    assert "threads: []" in run_module(sqlite_tables, *FLASK, "shell", given=typed)
    assert (statuses(sqlite_tables), workers(sqlite_tables)) == (["pending"], [])


def test_flask_routes_starts_no_worker(sqlite_tables: str) -> None:
    assert "/tasker/tasks" in run_module(sqlite_tables, *FLASK, "routes", SERVED_CREATES="1")
    assert (statuses(sqlite_tables), workers(sqlite_tables)) == (["pending"], [])


def test_flask_run_goes_on_with_what_a_crash_left_behind_without_any_request(tables_url: str) -> None:
    with shop_on(tables_url) as shop:
        shop.create(1)
    with running_module(tables_url, *FLASK, "run", "--port", "0") as process:
        until(lambda: statuses(tables_url) == ["complete"])
        assert workers(tables_url) == [process.pid]


def test_the_reloaders_parent_has_no_worker(sqlite_tables: str) -> None:
    with shop_on(sqlite_tables) as shop:
        shop.create(1)
    with running_module(sqlite_tables, *FLASK, "--debug", "run", "--port", "0") as process:
        until(lambda: statuses(sqlite_tables) == ["complete"])
        found = workers(sqlite_tables)
    assert len(found) == 1
    assert found != [process.pid]


def test_a_child_that_was_forked_and_its_parent_end_every_task_and_sign_off(tables_url: str) -> None:
    run_module(tables_url, "tests.host.scripts.forks")
    assert statuses(tables_url) == ["complete"] * 3
    # Either of the two processes may have been the quicker at a step; no third one was there.
    actors = stored(tables_url, sa.select(TaskTransition.actor).distinct())
    assert len({actor.split(":")[1] for actor in actors}) in (1, 2)
    assert workers(tables_url) == []


def test_a_child_that_was_forked_leaves_the_parents_running_step_alone(tables_url: str) -> None:
    run_module(tables_url, "tests.host.scripts.forks_in_a_step")
    assert statuses(tables_url) == ["complete"] * 2
    mine = WorkflowStepTransition.workflow_step_id == WorkflowStep.workflow_step_id
    waited = sa.select(WorkflowStepTransition.to_status).join(WorkflowStep, mine).where(WorkflowStep.name == "wait")
    assert sorted(stored(tables_url, waited)) == ["complete", "in_progress"]


@pytest.mark.parametrize("stop_seconds", ["0.2", "0"])
def test_a_process_that_ends_in_a_step_gives_its_lease_back(tables_url: str, stop_seconds: str) -> None:
    begun = time.monotonic()
    run_module(tables_url, "tests.host.scripts.exits", FLASK_TASKER_STOP_SECONDS=stop_seconds)
    engine = sa.create_engine(tables_url, poolclass=sa.NullPool)
    with Session(engine) as session:
        step = session.scalars(sa.select(WorkflowStep)).one()
    # One of its threads may just have been about to claim again: it gives that back too, uncounted.
    assert (step.status, step.attempts, step.error) == ("error", 1, "the worker stopped while the step ran")
    assert (step.lease_token, step.leased_until, step.leased_by) == (None, None, None)
    assert step.next_attempt_at is not None
    assert (statuses(tables_url), workers(tables_url)) == (["in_progress"], [])
    assert time.monotonic() - begun < 60


def test_a_task_that_is_started_while_the_process_ends_starts_no_second_worker_in_it(tables_url: str) -> None:
    assert "threads: []" in run_module(tables_url, "tests.host.scripts.creates_at_exit")
    assert (statuses(tables_url), workers(tables_url)) == (["complete", "pending"], [])


def test_what_a_process_gave_back_the_next_one_ends(sqlite_tables: str) -> None:
    run_module(sqlite_tables, "tests.host.scripts.exits", FLASK_TASKER_STOP_SECONDS="0")
    assert statuses(sqlite_tables) == ["in_progress"]
    with running_module(sqlite_tables, *FLASK, "run", "--port", "0", SERVED_RELEASED="1"):
        until(lambda: statuses(sqlite_tables) == ["complete"])
    assert stored(sqlite_tables, sa.select(WorkflowStep.attempts)) == [2]
