"""Steps that use the host's database: well, and carelessly."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app

from flask_tasker import StepRun, TaskHandler, step, task_handler
from tests.behaviour.handlers.registry import HANDLERS

NOTES = sa.table("host_notes", sa.column("text"))


@task_handler("careless", factory=HANDLERS)
class Careless(TaskHandler):
    """Leaves a transaction open with work in it, and then a transaction that failed."""

    @step
    def write(self, run: StepRun) -> dict[str, Any]:
        """Write two notes and commit only the first."""
        session = _session()
        session.execute(sa.insert(NOTES).values(text=_text(run, "kept")))
        session.commit()
        session.execute(sa.insert(NOTES).values(text=_text(run, "lost")))
        return {"in_transaction": session.in_transaction()}

    @step(depends_on=write)
    def spoil(self, run: StepRun) -> dict[str, Any]:
        """Say what is left of the step before, and leave a transaction behind that a statement failed in."""
        left = _left(run)
        try:
            _session().execute(sa.text("SELECT * FROM no_such_table"))
        except sa.exc.DBAPIError:
            left["spoilt"] = True
        return left

    @step(depends_on=spoil)
    def look(self, run: StepRun) -> dict[str, Any]:
        """Say what is left of the step before."""
        return _left(run)


@task_handler("in_app_context", factory=HANDLERS)
class InAppContext(TaskHandler):
    """A step that asks which app it runs in."""

    @step
    def only(self, run: StepRun) -> str:
        """The name of the app."""
        return current_app.name


def _left(run: StepRun) -> dict[str, Any]:
    session = _session()
    left = {"in_transaction": session.in_transaction(), "checked_out": _db().engine.pool.checkedout()}
    query = sa.select(NOTES.c.text).where(NOTES.c.text.startswith(f"{run.task_id} ")).order_by(NOTES.c.text)
    return {**left, "notes": list(session.scalars(query))}


def _text(run: StepRun, word: str) -> str:
    return f"{run.task_id} {word}"


def _session() -> Any:
    return _db().session()


def _db() -> Any:
    return current_app.extensions["sqlalchemy"]
