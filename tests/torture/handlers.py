"""The handlers of all kinds of task: a step adds up what its parents returned, and leaves one trace of having run."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask import current_app

from flask_tasker import Backoff, HandlerFactory, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.handlers import Step
from tests.torture.expected import shape_in_order
from tests.torture.moods import Mood, mood_of
from tests.torture.shapes import DEAF_ATTEMPTS, HANGING_ATTEMPTS, SHAPES, Nature, Shape, StepPlan
from tests.torture.tables import EFFECTS, db, effects, ledger

HANDLERS: Final = HandlerFactory()
SOON: Final = Backoff(base=timedelta(milliseconds=50), factor=1.5, maximum=timedelta(seconds=1))
SHARE_OF_A_TIMEOUT: Final = 0.3
SECONDS_OF_DEAFNESS: Final = 4.5
SECONDS_TO_HANG: Final = 20.0
SECONDS_BETWEEN_LOOKS: Final = 0.02


def register(name: str, shape: Shape) -> None:
    """Register a handler called ``name`` whose steps form ``shape``."""
    steps: dict[str, Step[Any]] = {}
    for step_name, plan in shape_in_order(shape):
        decorate = step(
            name=step_name,
            depends_on=[steps[parent] for parent in plan.after],
            retry=Retry(limit=plan.limit, backoff=SOON),
            skippable=True,
            timeout=None if plan.timeout is None else timedelta(seconds=plan.timeout),
            transactional=plan.transactional,
        )
        steps[step_name] = decorate(acting(plan))
    body = {step_name.replace("-", "_"): value for step_name, value in steps.items()}
    task_handler(name, factory=HANDLERS)(type(name, (TaskHandler,), body))


def acting(plan: StepPlan) -> Callable[[Any, StepRun[Any]], dict[str, int]]:
    """What a step of ``plan`` does."""

    def run_step(_handler: Any, run: StepRun[Any]) -> dict[str, int]:
        mood = mood_of(run.context["key"], run.name)
        time.sleep(mood.seconds if plan.timeout is None else min(mood.seconds, SHARE_OF_A_TIMEOUT * plan.timeout))
        fails = plan.nature is Nature.ORDINARY and run.attempt <= mood.failures
        if fails and not mood.late:
            raise mood.error(f"attempt {run.attempt} fails early")
        found = [run.result(parent) for parent in plan.after]
        leave_trace(plan, run, asks_the_app=mood.asks_the_app)
        if fails:
            raise mood.error(f"attempt {run.attempt} fails late")
        misbehave(plan.nature, run.attempt, mood)
        return {"value": 1 + sum(result["value"] for result in found if result is not None)}

    return run_step


def leave_trace(plan: StepPlan, run: StepRun[Any], *, asks_the_app: bool) -> None:
    """Write a row: in the step's transaction, or at once and for good on a connection of its own."""
    row = {"step_id": run.step_id, "attempt": run.attempt}
    if plan.transactional:
        session = db.session if asks_the_app else run.session
        session.execute(ledger.insert().values(row))
        return
    engine: sa.Engine = current_app.extensions[EFFECTS]
    with engine.connect() as connection:
        connection.execute(effects.insert().values(row))


def misbehave(nature: Nature, attempt: int, mood: Mood) -> None:
    """Do what a step of this nature is made to do."""
    match nature:
        case Nature.DOOMED:
            raise RuntimeError("this step fails in every attempt")
        case Nature.REFUSED:
            raise mood.final_error("no attempt can mend this")
        case Nature.LETHAL:
            os.kill(os.getpid(), signal.SIGKILL)
        case Nature.HANGING if attempt <= HANGING_ATTEMPTS:
            hang()
        case Nature.DEAF if attempt <= DEAF_ATTEMPTS:
            # One call into C: while it lasts, the lease ends, and another worker begins the next attempt.
            time.sleep(SECONDS_OF_DEAFNESS)


def hang() -> None:
    """Wait far longer than any timeout, in Python code."""
    end = time.monotonic() + SECONDS_TO_HANG
    while time.monotonic() < end:
        time.sleep(SECONDS_BETWEEN_LOOKS)


for _name, _shape in SHAPES.items():
    register(_name, _shape)
