"""Sending signals, whatever their receivers do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from blinker import NamedSignal

logger = logging.getLogger(__name__)

Receiver = TypeVar("Receiver", bound=Callable[..., None])

_BARE: Final = "_tasker_needs_no_context"
FAILURES: Final = (Exception, SystemExit)
"""What a receiver may raise, whatever it is. Not what ends the thread's own work: a step's timeout, an interrupt."""


def needs_no_context(receiver: Receiver) -> Receiver:
    """Mark a receiver that is to be called without an app context: making one takes longer than counting does."""
    setattr(receiver, _BARE, True)
    return receiver


@dataclass(frozen=True)
class Announcer:
    """Sends the signals of one app.

    Attributes:
        sender: the app.
        context: makes an app context in which a receiver may run.
    """

    sender: Any
    context: Callable[[], AbstractContextManager[Any]]

    def __call__(self, signal: NamedSignal, event: Callable[[], Any]) -> None:
        """Tell whoever listens to ``signal``; ``event`` makes what is told, and is not called where nobody does."""
        if not signal.receivers:
            return
        receivers = list(signal.receivers_for(self.sender))
        if not receivers:
            return
        try:
            told = event()
        except FAILURES:
            # It may have to ask the database, which may be away by now.
            logger.exception("the signal %s could not be sent", signal.name)
            return
        for receiver in receivers:
            try:
                with nullcontext() if hasattr(receiver, _BARE) else self.context():
                    receiver(self.sender, event=told)
            except FAILURES:
                logger.exception("a receiver of the signal %s failed", signal.name)


def nobody_told(_signal: NamedSignal, _event: Callable[[], Any]) -> None:
    """Of no app: nobody listens."""
