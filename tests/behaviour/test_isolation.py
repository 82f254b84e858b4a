"""Nothing of a step's session, transaction or connections is left for the next."""

from __future__ import annotations

from sqlalchemy import Engine, QueuePool

from tests.behaviour.app import db
from tests.behaviour.harness import Setup, assert_sound, eventually


def test_uncommitted_work_of_a_step_is_gone_in_the_next(setup: Setup) -> None:
    task = setup.run("careless")

    kept = f"{task.task_id} kept"
    assert task.status == "complete"
    assert task["write"].results == {"in_transaction": True}
    assert task["spoil"].results["notes"] == [kept]
    assert task["look"].results["notes"] == [kept]
    assert_sound(task)


def test_a_step_begins_without_a_transaction_and_without_a_connection(setup: Setup) -> None:
    task = setup.run("careless")

    clean = {"in_transaction": False, "checked_out": 0}
    assert clean.items() <= task["spoil"].results.items()
    assert clean.items() <= task["look"].results.items()


def test_a_transaction_that_a_step_spoilt_does_not_fail_the_next(setup: Setup) -> None:
    task = setup.run("careless")

    assert task["spoil"].results["spoilt"] is True
    assert task["look"].status == "complete"


def test_a_finished_task_holds_no_connection(setup: Setup) -> None:
    setup.run("careless")

    with setup.app.app_context():
        hosts = db.engine
    eventually(lambda: checked_out(hosts) == 0, what=hosts.pool.status)
    own = setup.runtime.database.engine
    eventually(lambda: checked_out(own) == 0, what=own.pool.status)


def checked_out(engine: Engine) -> int:
    """How many of its connections are in use."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def test_a_finished_task_leaves_no_lease(setup: Setup) -> None:
    setup.run("careless")

    eventually(lambda: len(setup.runtime.holdings) == 0)
