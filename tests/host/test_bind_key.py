"""``TASKER_BIND_KEY``: the tables in another of the host's databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from flask_tasker import ConfigurationError, Tasker
from flask_tasker.models import Task, WorkflowStep
from flask_tasker.testing import drain
from tests.host.shop import Shop, an_order, new_database, order_handlers, shop_on


@pytest.fixture
def shop(tables_url: str, tmp_path: Path) -> Iterator[Shop]:
    """The host's own tables in a SQLite file, ours in the second bind."""
    binds = {"tasks": tables_url}
    default = f"sqlite:///{tmp_path / 'default.sqlite'}"
    with shop_on(default, SQLALCHEMY_BINDS=binds, TASKER_BIND_KEY="tasks") as shop:
        yield shop


def test_the_tables_are_in_the_bind_and_nowhere_else(shop: Shop) -> None:
    default, tasks = (set(sa.inspect(shop.db.engines[key]).get_table_names()) for key in (None, "tasks"))
    assert default == {"orders"}
    assert {"tasker_tasks", "tasker_workflow_steps"} < tasks
    assert "tasker_tasks" not in shop.db.metadata.tables


def test_a_task_without_a_session_runs_to_its_end(shop: Shop) -> None:
    task_id = shop.create().task_id
    drain(shop.app)
    with Session(shop.db.engines["tasks"]) as session:
        assert session.get_one(Task, task_id).status == "complete"


def test_a_task_in_a_session_is_written_in_the_bind_at_its_commit(shop: Shop) -> None:
    shop.create(session=shop.db.session)
    assert shop.stored() == []
    shop.db.session.commit()
    assert (shop.stored(), shop.sent.task_ids) == ([1], [1])


def test_a_rollback_undoes_both_binds(shop: Shop) -> None:
    shop.place_order()
    shop.create(session=shop.db.session)
    shop.db.session.rollback()
    assert (shop.count_orders(), shop.stored(), shop.sent.messages) == (0, [], [])


def test_the_hosts_session_finds_tasks_in_the_bind(shop: Shop) -> None:
    session = shop.db.session
    task = shop.create(session=session)
    assert [step.name for step in task.workflow_steps] == ["reserve", "ship"]
    session.commit()
    drain(shop.app)
    session.refresh(task)
    assert task.status == "complete"
    assert session.get(Task, task.task_id) is task
    assert session.scalars(sa.select(WorkflowStep.status)).all() == ["complete", "complete"]


def test_an_unknown_bind_key_is_refused_with_the_fix(tmp_path: Path) -> None:
    app = Flask("shop")
    app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'default.sqlite'}", TESTING=True)
    app.config.update(TASKER_BIND_KEY="taskz")
    new_database().init_app(app)
    tasker = Tasker(app, handlers=order_handlers())
    with app.app_context(), pytest.raises(ConfigurationError, match="TASKER_BIND_KEY is 'taskz'") as refused:
        tasker.create_task(an_order(1))
    assert "SQLALCHEMY_BINDS" in str(refused.value)


def test_apps_with_and_without_a_bind_key_live_in_one_process(shop: Shop, tmp_path: Path) -> None:
    shop.create(1, shop.db.session)
    shop.db.session.commit()
    with shop_on(f"sqlite:///{tmp_path / 'other.sqlite'}") as other:
        task = other.create(2, other.db.session)
        other.db.session.commit()
        assert (task.status, other.stored()) == ("pending", [2])
    assert [task.context for task in shop.db.session.scalars(sa.select(Task))] == [{"order_id": 1}]
