"""What the web layer needs of the app that it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from ..config import Settings
from ..engine import Once, Runtime
from ..handlers import HandlerFactory, TaskRequest
from ..models import Task
from ..store.clock import Clock, DatabaseClock
from .access import Authorize, Door


@dataclass(frozen=True, kw_only=True)
class ApiDependencies:
    """Given to the blueprint when it is made; what may still change by then is a callable.

    Attributes:
        engine: the database that holds the tables, for what only reads.
        create: writes a new task of an owner in a transaction of its own, or nothing: then it raises
            ``UnknownHandlerError``, ``InvalidRequestError`` or ``DuplicateTaskError``.
        create_once: the same under an idempotency key; gives the task's id, and whether it was created for this call.
        runtime: the engine, for everything else that writes.
        handlers: the handlers of the app.
        settings: the settings of the app.
        authorize: the callback that decides who may do what; ``None`` until one is set.
        clock: the database's clock.
        broker_answers: asks the broker whether it is there, for so many seconds; there may be none to ask.
        metrics: gives all figures, as an ``Accept`` header wants them, and their media type; ``None`` where none are kept.
    """

    engine: Callable[[], sa.Engine]
    create: Callable[[TaskRequest, str | None], Task]
    create_once: Callable[[TaskRequest, str, str | None], Once]
    runtime: Callable[[], Runtime]
    handlers: HandlerFactory
    settings: Settings
    authorize: Callable[[], Authorize | None]
    clock: Callable[[], Clock] = DatabaseClock
    broker_answers: Callable[[float], bool] = lambda _seconds: True
    metrics: Callable[[str], tuple[bytes, str]] | None = None

    @property
    def door(self) -> Door:
        """The way in, of the current app."""
        return Door(authorize=self.authorize(), open_by_default=bool(current_app.debug or current_app.testing))
