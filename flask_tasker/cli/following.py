"""Looking at a task again and again until it is final, and showing what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from ..lifecycle import OPEN_TASK
from ..redaction import Redactor
from ..store.reading import TaskReading
from ..web.api.dumping import dumped_without
from ..web.api.schemas import TASK
from .exits import INTERRUPTED, TIMED_OUT, exit_code
from .looking import TaskLook
from .output import say, say_json, screen
from .task_view import changes, task_view

AnyLook = TypeVar("AnyLook", TaskLook, TaskReading)
"""As much of a task as is shown of it."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait between two looks, and in all; ``None`` is without end. Times are in seconds."""

    interval: float
    timeout: float | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


def follow(look: Callable[[], AnyLook], patience: Patience) -> Iterator[AnyLook]:
    """The task as it stands, again after each pause, until it is final or the time is up."""
    give_up = None if patience.timeout is None else patience.clock() + patience.timeout
    while True:
        task = look()
        yield task
        left = patience.interval if give_up is None else give_up - patience.clock()
        if task.row.status not in OPEN_TASK or left <= 0:
            return
        patience.sleep(min(patience.interval, left))


def watch(task_id: int, look: Callable[[], TaskLook], patience: Patience, *, aside: bool = False) -> int:
    """Follow a task, show how it goes, and give back what the command ends with.

    ``aside`` is where something else was asked for: then it is shown on standard error.
    """
    return _watch(task_id, look, patience, _display(aside=aside))


def watch_documents(task_id: int, look: Callable[[], TaskReading], patience: Patience, *, redactor: Redactor) -> int:
    """The same, with all of the task as JSON each time that it has changed."""
    return _watch(task_id, look, patience, nullcontext(_Documents(redactor)))


def _watch(
    task_id: int,
    look: Callable[[], AnyLook],
    patience: Patience,
    display: AbstractContextManager[Callable[[AnyLook], None]],
) -> int:
    status = ""
    try:
        with display as shown:
            for task in follow(look, patience):
                shown(task)
                status = task.row.status
    except KeyboardInterrupt:
        say(f"task {task_id} goes on; follow it with `flask tasker show {task_id} --watch`", err=True)
        return INTERRUPTED
    code = exit_code(status)
    if code == TIMED_OUT:
        say(f"task {task_id} is {status} after {patience.timeout:g} s; it goes on", err=True)
    return code


@contextmanager
def _display(*, aside: bool) -> Iterator[Callable[[TaskLook], None]]:
    """In place on a terminal, else a line for each change; on standard error where something else was asked for."""
    if aside:
        yield _Lines(aside=True)
        return
    with screen() as update:
        yield _Lines(aside=False) if update is None else lambda task: update(task_view(task))


class _Lines:
    """The task as it stood first, and then what changes."""

    def __init__(self, *, aside: bool) -> None:
        self._aside = aside
        self._before: TaskLook | None = None

    def __call__(self, task: TaskLook) -> None:
        lines = task_view(task).lines() if self._before is None else changes(self._before, task)
        say(*lines, err=self._aside)
        self._before = task


class _Documents:
    """The task as JSON, each time that it has changed."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._before: object = None

    def __call__(self, task: TaskReading) -> None:
        body = {"task": dumped_without(self._redactor, TASK, task)}
        if body != self._before:
            say_json(body)
        self._before = body
