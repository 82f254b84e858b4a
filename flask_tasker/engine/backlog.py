"""Ready steps and due retries, straight from the database: what an idle worker lives on."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from ..chance import jitter
from ..lifecycle import StepMessage, StepRef
from ..store.catalogue import known_task_ids
from ..store.sweeping import DueStep, due_steps
from ..typing import HandlerKey
from .runtime import Runtime

PAGE = 64


@dataclass
class Backlog:
    """Hands out due steps one by one, a page of them read at a time: only those whose handler this process knows.

    Attributes:
        shuffled: whether a page is handed out in random order: a fleet that wakes up together must not walk through
            the same page in step. Otherwise the step that has been due for longest comes first.
    """

    runtime: Runtime
    shuffled: bool = True
    _page: deque[StepMessage] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, *, waited: float = 0.0) -> StepMessage | None:
        """A step that has been due for ``waited`` seconds, or ``None`` where there is none.

        It may be claimed by another meanwhile.
        """
        with self._lock:
            if not self._page:
                self._page.extend(self.runtime.database.read(partial(self._read, waited)))
            return self._page.popleft() if self._page else None

    def _read(self, waited: float, connection: sa.Connection) -> list[StepMessage]:
        kinds = known_task_ids(connection, self.runtime.handlers.keys())
        if not kinds:
            return []
        after: tuple[datetime, int] | None = None
        while True:
            page = due_steps(
                connection, self.runtime.database.clock, known=kinds.keys(), limit=PAGE, waited=waited, after=after
            )
            messages = [self._message(step, kinds[step.named_task_id]) for step in page if self._knows(step, kinds)]
            if messages or len(page) < PAGE:
                if self.shuffled:
                    jitter.shuffle(messages)
                return messages
            # A whole page of steps that only another version of the code knows: look past it.
            after = (page[-1].due_at, page[-1].step_id)

    def _knows(self, step: DueStep, kinds: dict[int, HandlerKey]) -> bool:
        definition = self.runtime.handlers.find(kinds[step.named_task_id])
        return definition is not None and step.name in definition.graph.templates

    def _message(self, step: DueStep, key: HandlerKey) -> StepMessage:
        return StepMessage(task_id=step.task_id, handler=key, steps=(StepRef(step.step_id, step.name),))
