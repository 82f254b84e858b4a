"""What a process remembers of the tasks that it works on, so that it need not ask when they end."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from opentelemetry.trace import SpanContext

from ...store.claims import ClaimedStep, TaskFacts
from ...store.origins import Origin

K = TypeVar("K")
V = TypeVar("V")
LATEST: Final = 10_000
"""So many tasks and steps are remembered; what is forgotten is asked of the database."""
MOST_ATTEMPTS: Final = 126
"""Of a step, between the first and the latest: OpenTelemetry keeps 128 links of a span."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """An attempt that was run here: its number, its span, and when that began, in nanoseconds since 1970."""

    number: int
    span: SpanContext
    began: int


class Memory:
    """The attempts that were run here of steps that have not ended, and the traces of their tasks."""

    def __init__(self) -> None:
        self._traces = _Latest[int, str]()
        self._attempts = _Latest[int, tuple[Ran, ...]]()
        self._origins = _Latest[int, Origin]()

    def ran(self, facts: TaskFacts, step: ClaimedStep, attempt: Ran) -> None:
        """An attempt begins; with the first one a step begins anew."""
        self._traces.put(facts.task_id, facts.trace_context or "")
        before = None if attempt.number == 1 else self._attempts.pop(step.step_id)
        first, later = (before or ())[:1], (before or ())[1:]
        self._attempts.put(step.step_id, (*first, *later[-MOST_ATTEMPTS:], attempt))

    def note_origins(self, origins: Mapping[int, Origin]) -> None:
        """Where tasks came from that are about to be told to have ended."""
        for task_id, origin in origins.items():
            self._origins.put(task_id, origin)

    def take_origin(self, task_id: int) -> Origin | None:
        """Where a task came from, if that was noted; it is forgotten."""
        return self._origins.pop(task_id)

    def take_attempts(self, step_id: int) -> tuple[Ran, ...]:
        """The attempts of a step that has ended; they are forgotten."""
        return self._attempts.pop(step_id) or ()

    def trace_of(self, task_id: int) -> str | None:
        """The trace in which a task was created, empty where there was none; ``None`` where it is not known here."""
        return self._traces.get(task_id)

    def take_trace(self, task_id: int) -> str | None:
        """The same of a task that has ended; it is forgotten."""
        return self._traces.pop(task_id)


class _Latest(Generic[K, V]):
    """A mapping that keeps what was put there last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            if len(self._kept) > LATEST:
                self._kept.popitem(last=False)

    def get(self, key: K) -> V | None:
        with self._lock:
            return self._kept.get(key)

    def pop(self, key: K) -> V | None:
        with self._lock:
            return self._kept.pop(key, None)
