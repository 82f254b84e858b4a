"""What the engine needs of one app, resolved once."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from blinker import NamedSignal
from sqlalchemy.orm import Session, scoped_session

from ..config import Settings
from ..handlers import HandlerFactory
from ..lifecycle import StepMessage
from ..signals import nobody_told
from ..store.database import Database
from .catalogue import Catalogue
from .groups import Groups
from .holdings import Holdings
from .pace import Pace
from .tracing import Tracing
from .unrecorded import Unrecorded

Send = Callable[[Sequence[StepMessage]], None]
Later = Callable[[float, StepMessage], None]
Announce = Callable[[NamedSignal, Callable[[], Any]], None]


def nothing_later(_seconds: float, _message: StepMessage) -> None:
    """No timer: due retries are left to the sweep."""


def never() -> bool:
    """No: this process does not stop."""
    return False


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Database, handlers and settings of an app, and the ways out of the engine.

    Attributes:
        send: passes messages to whoever works on them; may raise.
        announce: tells receivers of a signal what was committed; raises nothing.
        tracing: follows tasks and attempts while they are written and run; ``None`` where nobody does.
        later: asks for a message to be worked on in so many seconds; the sweep is the backstop.
        stopping: whether no further step may be claimed.
        app_context: the context in which handlers run.
        host_session: the host's session of the current app context.
    """

    database: Database
    host_engine: sa.Engine
    handlers: HandlerFactory
    settings: Settings
    app_context: Callable[[], AbstractContextManager[Any]]
    send: Send
    host_session: scoped_session[Session]
    catalogue: Catalogue
    announce: Announce = nobody_told
    tracing: Tracing | None = None
    later: Later = nothing_later
    stopping: Callable[[], bool] = never
    holdings: Holdings = field(default_factory=Holdings)
    unrecorded: Unrecorded = field(default_factory=Unrecorded)
    groups: Groups = field(default_factory=Groups)
    pace: Pace = field(default_factory=Pace)

    def bind_arguments(self) -> dict[str, Any]:
        """How to ask one of the host's sessions for a connection to the tables: they may be in another of its binds."""
        return {} if self.settings.bind_key is None else {"bind_arguments": {"bind": self.host_engine}}

    @property
    def worker(self) -> str:
        """The name of this process in leases and history."""
        return process_name()


def process_name() -> str:
    """The name of this process in leases, history and log lines."""
    return _process_name(os.getpid())


_lives: Final[dict[int, str]] = {}


def _process_name(pid: int) -> str:
    # Process ids come round again; the random part tells two lives of one id apart. `setdefault` is one step: two
    # threads that ask first at the same moment are told the same, or a worker would sign on as one and off as another.
    return _lives.get(pid) or _lives.setdefault(pid, f"{socket.gethostname()}:{pid}:{secrets.token_hex(3)}")
