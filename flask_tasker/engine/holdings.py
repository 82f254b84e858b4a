"""The leases that this process holds."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from ..store.claims import ClaimedStep


@dataclass
class Holding:
    """A claimed step, whether its handler has started, and until when its lease is to be renewed."""

    step: ClaimedStep
    thread: int
    taken: float
    started: bool = False
    lost: bool = False
    renew_until: float | None = None


class Telling:
    """While a thread tells receivers of signals, who may take long, it is as busy as with a step."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def __enter__(self) -> None:
        self.threads.add(threading.get_ident())

    def __exit__(self, *_exception: object) -> None:
        self.threads.discard(threading.get_ident())


@dataclass
class Holdings:
    """What the heartbeat renews, and what a stopping worker gives back; ``telling`` is entered by who announces."""

    telling: Telling = field(default_factory=Telling)
    _held: dict[int, Holding] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, step: ClaimedStep) -> None:
        """A step was claimed."""
        with self._lock:
            self._held[step.step_id] = Holding(step, threading.get_ident(), time.monotonic())

    def mark_lost(self, held: Iterable[tuple[int, uuid.UUID]], standing: Container[int]) -> None:
        """Of the leases ``held`` that were to be renewed, those not among ``standing`` are lost."""
        with self._lock:
            for step_id, token in held:
                holding = self._held.get(step_id)
                if holding is not None and holding.step.token == token and step_id not in standing:
                    holding.lost = True

    def is_lost(self, step: ClaimedStep) -> bool:
        """Whether the lease of ``step`` is known to be lost."""
        with self._lock:
            holding = self._held.get(step.step_id)
            return holding is None or holding.step.token != step.token or holding.lost

    def has(self, step: ClaimedStep) -> bool:
        """Whether ``step`` was neither dropped nor taken out; its lease may be lost all the same."""
        with self._lock:
            held = self._held.get(step.step_id)
            return held is not None and held.step.token == step.token

    def drop(self, step: ClaimedStep) -> None:
        """A step was recorded or lost. A later claim of the same step is another holding."""
        with self._lock:
            held = self._held.get(step.step_id)
            if held is not None and held.step.token == step.token:
                del self._held[step.step_id]

    def drop_thread(self) -> None:
        """The calling thread has ended its work: whatever it still holds, nobody works on."""
        me = threading.get_ident()
        with self._lock:
            self._held = {step_id: held for step_id, held in self._held.items() if held.thread != me}

    def start(self, step: ClaimedStep) -> bool:
        """The handler of ``step`` starts, unless the step was taken out; past its timeout it is renewed no more."""
        with self._lock:
            held = self._held.get(step.step_id)
            if held is None or held.step.token != step.token:
                return False
            held.started = True
            if step.timeout_seconds is not None:
                held.renew_until = time.monotonic() + step.timeout_seconds
            return True

    def take_out(self) -> list[Holding]:
        """Every holding, to be given back: none of them is held, or can start, from here on."""
        with self._lock:
            held, self._held = list(self._held.values()), {}
            return held

    def take_out_overdue(self, seconds: float) -> list[Holding]:
        """Holdings that have waited for so long behind another step of their thread, which was thought to be quick, or
        behind who is told of it."""
        before = time.monotonic() - seconds
        with self._lock:
            busy = {held.thread for held in self._held.values() if held.started} | self.telling.threads.copy()
            overdue = [
                held for held in self._held.values() if not held.started and held.taken < before and held.thread in busy
            ]
            for held in overdue:
                del self._held[held.step.step_id]
            return overdue

    def to_renew(self) -> list[tuple[int, uuid.UUID]]:
        """Keys and tokens of the steps whose leases are to be renewed."""
        now = time.monotonic()
        with self._lock:
            return [
                (step_id, held.step.token)
                for step_id, held in self._held.items()
                if not held.lost and (held.renew_until is None or held.renew_until > now)
            ]

    def __len__(self) -> int:
        return len(self._held)
