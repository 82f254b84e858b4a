"""What the web layer needs of the app that it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from ..config import Settings
from ..handlers import TaskRequest
from ..models import Task
from ..store.clock import Clock, DatabaseClock
from .access import Authorize


@dataclass(frozen=True, kw_only=True)
class ApiDependencies:
    """Given to the blueprint when it is made; what may still change by then is a callable.

    Attributes:
        engine: the database that holds the tables.
        create: writes a new task in a transaction of its own, or nothing: then it raises ``UnknownHandlerError``,
            ``InvalidRequestError`` or ``DuplicateTaskError``.
        settings: the settings of the app.
        authorize: the callback that decides who may do what; ``None`` until one is set.
        clock: the database's clock.
        broker_answers: asks the broker whether it is there, for so many seconds; there may be none to ask.
    """

    engine: Callable[[], sa.Engine]
    create: Callable[[TaskRequest], Task]
    settings: Settings
    authorize: Callable[[], Authorize | None]
    clock: Callable[[], Clock] = DatabaseClock
    broker_answers: Callable[[float], bool] = lambda _seconds: True
