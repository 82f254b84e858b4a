"""Our tables beside the host's own: foreign keys, relationships, naming conventions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship

from flask_tasker import Tasker
from flask_tasker.models import Base as TaskerBase
from flask_tasker.models import Task, WorkflowStep
from flask_tasker.testing import drain
from tests.host.shop import an_order, close, order_handlers

CONVENTION = {
    "pk": "host_pk_%(table_name)s",
    "fk": "host_fk_%(table_name)s_%(column_0_name)s",
    "uq": "host_uq_%(table_name)s_%(column_0_name)s",
    "ix": "host_ix_%(table_name)s_%(column_0_name)s",
    "ck": "host_ck_%(table_name)s_%(constraint_name)s",
}


@dataclass(frozen=True)
class Host:
    """An app whose orders point at their tasks."""

    app: Flask
    db: SQLAlchemy
    tasker: Tasker
    order: Any


def host_on(url: str, *, enforced: bool = False) -> Host:
    """Set up the host: a table of its own with a foreign key to ours, and a relationship to the model of tasks."""

    class Base(DeclarativeBase):
        metadata = sa.MetaData(naming_convention=CONVENTION)

    db = SQLAlchemy(model_class=Base)

    class Order(Base):
        __tablename__ = "orders"

        id: Mapped[int] = mapped_column(primary_key=True)
        task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasker_tasks.task_id"), unique=True)

        # `Task` is mapped to the original of the table, the foreign key refers to the host's copy of it: the join is
        # spelled out, and `foreign` says which side refers to the other.
        task: Mapped[Task | None] = relationship(Task, primaryjoin=lambda: foreign(Order.task_id) == Task.task_id)

    app = Flask("host")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, TESTING=True)
    db.init_app(app)
    return Host(app, db, Tasker(app, handlers=order_handlers()), Order)


@pytest.fixture
def host(database_url: str) -> Iterator[Host]:
    host = host_on(database_url)
    with host.app.app_context():
        host.db.create_all()
        yield host
        host.db.session.remove()
        close(host.app, host.db)


def test_a_host_table_refers_to_our_tasks(host: Host) -> None:
    keys = sa.inspect(host.db.engine).get_foreign_keys("orders")
    assert [(key["referred_table"], key["referred_columns"]) for key in keys] == [("tasker_tasks", ["task_id"])]


def test_an_order_and_its_task_are_committed_together_and_joined(host: Host) -> None:
    session = host.db.session
    task = host.tasker.create_task(an_order(1), session=session)
    order = host.order(task=task)
    session.add(order)
    session.commit()
    assert order.task is task
    assert order.task_id == task.task_id
    drain(host.app)
    session.expire_all()
    assert order.task.status == "complete"
    assert [step.status for step in order.task.workflow_steps] == ["complete", "complete"]


def test_orders_are_found_by_the_state_of_their_task(host: Host) -> None:
    session, order = host.db.session, host.order
    for number in (1, 2):
        task = host.tasker.create_task(an_order(number), session=session)
        session.add(order(task_id=task.task_id))
    session.add(order())
    session.commit()
    query = sa.select(order.id).join(order.task).where(Task.status == "pending").order_by(order.id)
    assert session.scalars(query).all() == [1, 2]
    drain(host.app)
    assert session.scalars(query).all() == []


def test_an_order_without_a_task_has_none(host: Host) -> None:
    order = host.order()
    host.db.session.add(order)
    host.db.session.commit()
    assert order.task is None


def test_a_foreign_key_to_a_task_that_does_not_exist_is_refused(postgres_database: str) -> None:
    host = host_on(postgres_database)
    with host.app.app_context():
        host.db.create_all()
        host.db.session.add(host.order(task_id=99))
        with pytest.raises(sa.exc.IntegrityError, match="host_fk_orders_task_id"):
            host.db.session.commit()
        host.db.session.remove()
        close(host.app, host.db)


def test_the_hosts_naming_convention_names_its_own_tables_only(host: Host) -> None:
    inspector = sa.inspect(host.db.engine)
    assert [key["name"] for key in inspector.get_foreign_keys("orders")] == ["host_fk_orders_task_id"]
    ours = [table for table in inspector.get_table_names() if table.startswith("tasker_")]
    names = [
        constraint["name"]
        for table in ours
        for constraint in [
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_check_constraints(table),
            *inspector.get_indexes(table),
            inspector.get_pk_constraint(table),
        ]
    ]
    assert len(ours) == len(TaskerBase.metadata.tables)
    assert [name for name in names if "host_" in str(name)] == []


def test_all_tables_may_be_dropped_and_made_again_in_one_process(host: Host) -> None:
    for _ in range(2):
        host.tasker.create_task(an_order(1))
        drain(host.app)
        assert host.db.session.scalars(sa.select(WorkflowStep.status)).all() == ["complete", "complete"]
        host.db.session.remove()
        host.db.drop_all()
        assert sa.inspect(host.db.engine).get_table_names() == []
        host.db.create_all()


def test_two_hosts_in_one_process_have_copies_of_their_own(host: Host) -> None:
    other = host_on("sqlite:///:memory:")
    with other.app.app_context():
        other.db.create_all()
        table = other.db.metadata.tables["tasker_tasks"]
        close(other.app, other.db)
    assert table is not host.db.metadata.tables["tasker_tasks"]
    assert table is not Task.__table__


def test_the_steps_of_a_task_are_loaded_with_it_when_asked_for(host: Host) -> None:
    session = host.db.session
    task_id = host.tasker.create_task(an_order(1)).task_id
    query = sa.select(Task).where(Task.task_id == task_id).options(sa.orm.selectinload(Task.workflow_steps))
    task = session.scalars(query).one()
    session.expunge_all()
    assert [step.name for step in task.workflow_steps] == ["reserve", "ship"]
