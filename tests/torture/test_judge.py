"""The judge finds what it is there to find: a sound task is tampered with, and the fault is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.models import Task, TaskTransition, WorkflowStep, WorkflowStepTransition
from flask_tasker.testing import drain
from tests.torture.app import create_app, start
from tests.torture.judge import judge
from tests.torture.plans import TaskPlan
from tests.torture.reading import read_everything
from tests.torture.shapes import SHAPES
from tests.torture.tables import EFFECTS, db, effects, ledger, orders

PLANS = [
    *(
        TaskPlan(key=f"judged-{kind}", kind=kind, ordered=True)
        for kind in SHAPES
        if kind not in ("lethal", "hanging", "deaf")
    ),
    TaskPlan(key="judged-bypass", kind="linear", bypassed=("three", "five")),
    TaskPlan(key="judged-abandoned", kind="merge", ordered=True, abandoned=True),
]
LINEAR = "judged-linear"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which tasks of every harmless kind have come to their ends."""
    path = tmp_path_factory.mktemp("judge") / "sound.sqlite"
    app = create_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}", TESTING=True)
    with app.app_context():
        db.create_all()
        for plan in PLANS:
            start(plan)
    drain(app, retries=True)
    app.extensions["tasker"].runtime.database.engine.dispose()
    app.extensions[EFFECTS].dispose()
    with app.app_context():
        db.engine.dispose()
    return path


@pytest.fixture
def engine(sound: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """The engine of a copy, to tamper with."""
    copy = tmp_path / "copy.sqlite"
    with sa.create_engine(f"sqlite:///{sound}", poolclass=sa.NullPool).connect() as connection:
        connection.execute(sa.text("VACUUM INTO :copy"), {"copy": str(copy)})
    engine = sa.create_engine(f"sqlite:///{copy}", poolclass=sa.NullPool)
    yield engine
    engine.dispose()


def faults_of(engine: sa.Engine) -> list[str]:
    return [str(fault) for fault in judge(read_everything(engine), PLANS)]


def task_id(connection: sa.Connection, key: str = LINEAR) -> int:
    return connection.execute(sa.select(Task.task_id).where(Task.context["key"].as_string() == key)).scalar_one()


def step_id(connection: sa.Connection, name: str) -> int:
    query = sa.select(WorkflowStep.workflow_step_id).where(
        WorkflowStep.task_id == task_id(connection), WorkflowStep.name == name
    )
    return connection.execute(query).scalar_one()


def history_of(connection: sa.Connection, name: str, target: str) -> int:
    """The key of the last line of history that takes a step to `target`."""
    table = WorkflowStepTransition
    query = sa.select(sa.func.max(table.workflow_step_transition_id)).where(
        table.workflow_step_id == step_id(connection, name), table.to_status == target
    )
    return connection.execute(query).scalar_one()


def test_sound_tasks_have_no_fault(engine: sa.Engine) -> None:
    assert faults_of(engine) == []


def lose_a_task(connection: sa.Connection) -> None:
    key = task_id(connection)
    connection.execute(sa.update(Task).where(Task.task_id == key).values(context={"key": "of nobody"}))


def lose_a_ledger_row(connection: sa.Connection) -> None:
    connection.execute(ledger.delete().where(ledger.c.step_id == step_id(connection, "three")))


def double_a_ledger_row(connection: sa.Connection) -> None:
    connection.execute(ledger.insert().values(step_id=step_id(connection, "three"), attempt=1))


def lose_a_side_effect(connection: sa.Connection) -> None:
    connection.execute(effects.delete().where(effects.c.step_id == step_id(connection, "one")))


def double_a_side_effect(connection: sa.Connection) -> None:
    query = sa.select(effects).where(effects.c.step_id == step_id(connection, "one"))
    row = connection.execute(query).mappings().first()
    assert row is not None
    connection.execute(effects.insert().values(step_id=row["step_id"], attempt=row["attempt"]))


def leave_a_stray_side_effect(connection: sa.Connection) -> None:
    connection.execute(effects.insert().values(step_id=1_000_000, attempt=1))


def leave_a_task_open(connection: sa.Connection) -> None:
    values = {"status": "in_progress", "completed_at": None}
    connection.execute(sa.update(Task).where(Task.task_id == task_id(connection)).values(**values))


def count_an_attempt_too_many(connection: sa.Connection) -> None:
    query = sa.update(WorkflowStep).where(WorkflowStep.workflow_step_id == step_id(connection, "two"))
    connection.execute(query.values(attempts=WorkflowStep.attempts + 1))


def record_a_completion_twice(connection: sa.Connection) -> None:
    table = WorkflowStepTransition.__table__
    columns = [column for column in table.c if not column.primary_key]
    last = history_of(connection, "two", "complete")
    query = sa.select(*columns).where(table.c.workflow_step_transition_id == last)
    connection.execute(sa.insert(WorkflowStepTransition).from_select([column.name for column in columns], query))


def record_under_another_token(connection: sa.Connection) -> None:
    last, other = history_of(connection, "two", "complete"), history_of(connection, "one", "complete")
    table = WorkflowStepTransition
    token = connection.scalar(sa.select(table.lease_token).where(table.workflow_step_transition_id == other))
    query = sa.update(table).where(table.workflow_step_transition_id == last)
    connection.execute(query.values(lease_token=token))


def claim_before_the_parent_is_done(connection: sa.Connection) -> None:
    table = WorkflowStepTransition
    query = sa.update(table).where(table.workflow_step_id == step_id(connection, "one"))
    later = sa.select(sa.func.max(table.workflow_step_transition_id)).scalar_subquery()
    connection.execute(query.values(workflow_step_transition_id=table.workflow_step_transition_id + later))


def lose_a_line_of_history(connection: sa.Connection) -> None:
    key = task_id(connection)
    table = TaskTransition
    connection.execute(sa.delete(table).where(table.task_id == key, table.to_status == "in_progress"))


def lose_an_order(connection: sa.Connection) -> None:
    connection.execute(orders.delete().where(orders.c.key == LINEAR))


def return_something_else(connection: sa.Connection) -> None:
    query = sa.update(WorkflowStep).where(WorkflowStep.workflow_step_id == step_id(connection, "two"))
    connection.execute(query.values(results={"value": 7}))


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lose_a_task, "was started and is lost"),
        (lose_a_ledger_row, "has ledger rows of the attempts []"),
        (double_a_ledger_row, "has ledger rows of the attempts ["),
        (lose_a_side_effect, "has side effects of []"),
        (double_a_side_effect, "has two side effects of one attempt"),
        (leave_a_stray_side_effect, "1 side effects belong to no step"),
        (leave_a_task_open, "is in_progress and must be complete"),
        (count_an_attempt_too_many, "attempts, with"),
        (record_a_completion_twice, "was completed 2 times"),
        (record_under_another_token, "under other tokens"),
        (claim_before_the_parent_is_done, "was claimed before its parent 'one' was done"),
        (lose_a_line_of_history, "went from in_progress to complete while it was pending"),
        (lose_an_order, "its order is not there once"),
        (return_something_else, "returned {'value': 7}"),
    ],
)
def test_a_tampered_task_is_named(engine: sa.Engine, tamper: Callable[[sa.Connection], None], words: str) -> None:
    with engine.begin() as connection:
        tamper(connection)
    assert words in "\n".join(faults_of(engine))


def test_a_task_that_was_to_be_rolled_back_and_is_there_is_named(engine: sa.Engine) -> None:
    kept = [replace(plan, abandoned=plan.key == LINEAR) for plan in PLANS]
    assert any("though its transaction was rolled back" in fault.what for fault in judge(read_everything(engine), kept))


def test_a_step_that_still_has_a_lease_is_named(engine: sa.Engine) -> None:
    everything = read_everything(engine)
    first = everything.tasks[0]
    held = {name: replace(step, is_leased=True) for name, step in first.steps.items()}
    faults = judge(replace(everything, tasks=[replace(first, steps=held), *everything.tasks[1:]]), PLANS)
    assert any("still has a lease" in fault.what for fault in faults)
