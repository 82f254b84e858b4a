"""Hearing the signals of an app."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask

from flask_tasker.signals import SIGNALS, StepEvent, TaskEvent


@dataclass
class Heard:
    """What was heard, in order, by the name of the signal."""

    told: list[tuple[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, _app: Flask, *, event: Any) -> None:
        """A receiver."""
        with self.lock:
            self.told.append((name, event))

    @property
    def names(self) -> list[str]:
        """Of the signals."""
        return [name for name, _ in self.told]

    def events(self, name: str) -> list[Any]:
        """What one of the signals carried."""
        return [event for found, event in self.told if found == name]

    def moves(self, task_id: int) -> Counter[Any]:
        """Every change of state that was told of a task and its steps, as the history has it."""
        mine = [event for _, event in self.told if getattr(event, "task_id", None) == task_id]
        tasks = [event for event in mine if isinstance(event, TaskEvent) and event.source is not None]
        steps = [event for event in mine if isinstance(event, StepEvent)]
        return Counter(
            [
                *((None, event.source, event.target, 0, event.actor, event.reason) for event in tasks),
                *((e.name, e.source, e.target, e.attempt, e.actor, e.reason) for e in steps),
            ]
        )


@contextmanager
def hearing(app: Flask) -> Iterator[Heard]:
    """Listen to all signals of ``app``."""
    heard = Heard()
    with ExitStack() as stack:
        for name, signal in SIGNALS.items():
            stack.enter_context(signal.connected_to(partial(heard.add, name), sender=app))
        yield heard


def history_of(task: Any) -> Counter[Any]:
    """The history of a task and its steps, in the same form."""
    return Counter(
        [
            *((None, one.source, one.target, 0, one.actor, one.reason) for one in task.history),
            *(
                (step.name, one.source, one.target, one.attempt, one.actor, one.reason)
                for step in task.steps.values()
                for one in step.history
            ),
        ]
    )
