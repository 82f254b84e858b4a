"""What a task's context tells its steps to do: so a test in one process steers a step in another."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from flask_tasker import PermanentError, RetryableError, StepRun
from tests.behaviour.eventually import eventually

GATE_SECONDS: Final = 60


def follow(run: StepRun[Any]) -> None:
    """Do what ``plan`` says of this step and attempt; the last direction holds for all attempts after it.

    Before that, ``marks`` names a file to make, ``stops`` one to make at the first attempt once the worker stops,
    and ``gates`` one to wait for.
    """
    mark, stop, gate = (run.context.get(kind, {}).get(run.name) for kind in ("marks", "stops", "gates"))
    if mark is not None:
        Path(mark).touch()
    if stop is not None and run.attempt == 1:
        eventually(_worker_stops, within=GATE_SECONDS)
        Path(stop).touch()
    if gate is not None:
        eventually(Path(gate).exists, within=GATE_SECONDS)
    plan = run.context.get("plan", {}).get(run.name, ["succeed"])
    _DIRECTIONS[plan[min(run.attempt, len(plan)) - 1]]()


def failing(step: str, *plan: str) -> dict[str, Any]:
    """A context in which ``step`` does what ``plan`` says, attempt by attempt."""
    return {"plan": {step: list(plan)}}


def _raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise type(error)(*error.args)

    return act


def _asking_for_a_wait(seconds: float) -> Callable[[], None]:
    def act() -> None:
        raise RetryableError("the other side is busy", retry_after=seconds)

    return act


def _worker_stops() -> bool:
    """Whether the only worker of this process claims nothing more: it is told so before its sweeper ends."""
    return all(thread.name != "tasker-sweep" for thread in threading.enumerate())


def _kill_the_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _succeed() -> None:
    """Return as usual."""


_DIRECTIONS: Final[Mapping[str, Callable[[], None]]] = {
    "succeed": _succeed,
    "fail": _raising(ValueError("as told")),
    "lose the connection": _raising(ConnectionError("as told")),
    "fail for good": _raising(PermanentError("as told")),
    "ask for a wait": _asking_for_a_wait(0.7),
    "ask for a longer wait": _asking_for_a_wait(3.0),
    "ask for an hour": _asking_for_a_wait(3600.0),
    "kill the worker": _kill_the_worker,
    "exit": _raising(SystemExit(3)),
    "interrupt": _raising(KeyboardInterrupt()),
}
