"""``db.session`` in a step that is not transactional: what was forgotten is rolled back, with a warning."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from flask_tasker import NO_RETRY, StepRun, TaskHandler, step, task_handler
from tests.reliability.lab import Lab
from tests.reliability.records import TaskRecord

Use = Callable[[Lab], object]


def run_step(lab: Lab, use: Use) -> TaskRecord:
    """Run a task whose only step uses the session so."""

    @task_handler("plain")
    class Plain(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> str:
            use(lab)
            return "done"

    return lab.run(Plain)


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the engine warned of."""
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


WARNING = (
    "step 'only' of task 1 left writes uncommitted, and they are rolled back: call db.session.commit(), or declare the "
    "step transactional"
)


def add(lab: Lab) -> None:
    """Adds an object."""
    lab.db.session.add(lab.Entry(text="forgotten"))


def add_and_flush(lab: Lab) -> None:
    """Adds an object that reaches the database."""
    add(lab)
    lab.db.session.flush()


def core_insert(lab: Lab) -> None:
    """Writes by a statement."""
    lab.write("forgotten")


def core_update(lab: Lab) -> None:
    """Changes rows by a statement."""
    lab.db.session.execute(sa.update(lab.Entry).values(text="changed"))


def core_delete(lab: Lab) -> None:
    """Deletes rows by a statement."""
    lab.db.session.execute(sa.delete(lab.Entry))


def textual(lab: Lab) -> None:
    """Writes by a statement in text."""
    lab.db.session.execute(sa.text("  insert INTO entries (text) VALUES ('forgotten')"))


def released_savepoint(lab: Lab) -> None:
    """Writes, then in a savepoint, whose release commits nothing."""
    lab.write("forgotten too")
    with lab.db.session.begin_nested():
        lab.write("forgotten")


def write_after_commit(lab: Lab) -> None:
    """Commits, and writes again."""
    lab.db.session.execute(sa.select(sa.literal(1)))
    lab.db.session.commit()
    lab.write("forgotten")


@pytest.mark.parametrize(
    "forget",
    [add, add_and_flush, core_insert, core_update, core_delete, textual, released_savepoint, write_after_commit],
)
def test_a_forgotten_write_is_rolled_back_and_warned_about(
    lab: Lab, forget: Use, caplog: pytest.LogCaptureFixture
) -> None:
    lab.execute("INSERT INTO entries (text) VALUES ('before')")

    task = run_step(lab, forget)

    assert task["only"].results == "done"
    assert warnings_in(caplog) == [WARNING]
    assert lab.written == ["before"]


def committed(lab: Lab) -> None:
    """Writes in three ways, and commits."""
    add_and_flush(lab)
    lab.write("by a statement")
    lab.db.session.commit()


def undone(lab: Lab) -> None:
    """Writes, and thinks better of it."""
    lab.write("undone")
    lab.db.session.rollback()


def reading(lab: Lab) -> None:
    """Reads only."""
    lab.db.session.scalars(sa.select(lab.Entry)).all()
    lab.db.session.execute(sa.text("SELECT 1"))


def nothing(_lab: Lab) -> None:
    """Does not touch the session."""


@pytest.mark.parametrize(
    ("use", "left"),
    [(committed, ["by a statement", "forgotten"]), (undone, []), (reading, []), (nothing, [])],
)
def test_what_was_committed_stays_and_nothing_is_warned_about(
    lab: Lab, use: Use, left: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    run_step(lab, use)

    assert warnings_in(caplog) == []
    assert lab.written == left


def test_a_session_that_is_broken_when_the_step_returns_is_mended(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    def break_it(lab: Lab) -> None:
        with pytest.raises(sa.exc.IntegrityError):
            lab.db.session.execute(sa.insert(lab.Entry).values(text=None))

    task = run_step(lab, break_it)

    assert task["only"].results == "done"
    assert run_step(lab, nothing)["only"].results == "done"


def test_writes_of_a_step_that_failed_are_rolled_back_too(lab: Lab) -> None:
    def write_and_fail(lab: Lab) -> None:
        lab.write("of a failed attempt")
        raise ValueError("as told")

    assert run_step(lab, write_and_fail)["only"].error == "ValueError: as told"
    assert lab.written == []


def test_one_steps_forgotten_write_is_not_committed_by_the_next_step(lab: Lab) -> None:
    @task_handler("chain")
    class Chain(TaskHandler):
        @step
        def one(self, run: StepRun) -> None:
            lab.write("forgotten by one")

        @step(depends_on=one)
        def two(self, run: StepRun) -> None:
            lab.write("meant by two")
            lab.db.session.commit()

    lab.run(Chain)

    assert lab.written == ["meant by two"]
