"""What is stuck, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from ..migrations import LATEST, installed_version
from ..store.reasons import StepFacts, held_without_timeout, open_kinds, open_parents, overdue_steps
from ..store.workers import living_workers
from .runtime import Runtime
from .why import reason

LIMIT: Final = 50
OVERDUE_SECONDS: Final = 60.0
HELD_SECONDS: Final = 3_600.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it should be, and what to do about it."""

    what: str
    advice: str


def findings(runtime: Runtime) -> list[Finding]:
    """Everything that keeps tasks from going on, as the database has it now."""

    def read(connection: sa.Connection) -> list[Finding]:
        return _tables(connection) or [
            *_workers(connection, runtime),
            *_unknown_handlers(connection, runtime),
            *_overdue(connection, runtime),
            *_held(connection, runtime),
        ]

    return runtime.database.read(read)


def _tables(connection: sa.Connection) -> list[Finding]:
    installed = installed_version(connection)
    # 0: made by create_all, and so this package's.
    if installed in (0, LATEST):
        return []
    return [
        Finding(
            what=f"the tasker tables are at version {installed}, this package wants {LATEST}",
            advice="flask tasker db install and flask db upgrade; without Flask-Migrate, flask tasker db upgrade",
        )
    ]


def _workers(connection: sa.Connection, runtime: Runtime) -> list[Finding]:
    if living_workers(connection, runtime.database.clock):
        return []
    return [Finding(what="no worker is alive", advice="start one: flask tasker worker, or serve the app")]


def _unknown_handlers(connection: sa.Connection, runtime: Runtime) -> list[Finding]:
    return [
        Finding(
            what=f"{count} open tasks of {'/'.join(key)}, whose handler is not known here",
            advice="deploy the code that has it, name its module in TASKER_HANDLERS, or cancel the tasks",
        )
        for key, count in open_kinds(connection, runtime.handlers.keys()).items()
    ]


def _overdue(connection: sa.Connection, runtime: Runtime) -> list[Finding]:
    steps = overdue_steps(connection, runtime.database.clock, seconds=OVERDUE_SECONDS, limit=LIMIT)
    whys = [reason(runtime, step, open_parents(connection, step.step_id)) for step in steps]
    return [
        Finding(
            what=f"{_name(step)} could have run for over a minute. {why}",
            advice="look for workers that are missing, busy, or without its handler",
        )
        for step, why in zip(steps, whys, strict=True)
    ]


def _held(connection: sa.Connection, runtime: Runtime) -> list[Finding]:
    steps = held_without_timeout(connection, runtime.database.clock, seconds=HELD_SECONDS, limit=LIMIT)
    return [
        Finding(
            what=f"{_name(step)} has run for over an hour, held by {step.leased_by}",
            advice="give the step a timeout; if it hangs, end that process: the step is free once its lease ends",
        )
        for step in steps
    ]


def _name(step: StepFacts) -> str:
    return f"step {step.step_id} ({step.name}) of task {step.task_id}"
