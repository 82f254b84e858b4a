"""Working through an app's tasks in the calling thread, deterministically."""

from __future__ import annotations

from typing import Final

from flask import Flask

from ..engine import drain as drain_runtime
from ..extension import State
from ..store.sweeping import next_due_in

MARGIN: Final = 0.01


def drain(app: Flask, *, retries: bool = False) -> int:
    """Run all that is ready in the app's database until nothing is; give back how many attempts that were.

    With ``retries`` the clock is moved to the next retry whenever nothing else is left, so that every task comes to its
    end without any waiting. The clock stays moved for this app.
    """
    state: State = app.extensions["tasker"]
    attempts = drain_runtime(state.runtime)
    while retries:
        database = state.runtime.database
        wait = database.read(lambda connection, clock=database.clock: next_due_in(connection, clock))  # type: ignore[misc]
        if wait is None:
            break
        if wait > 0:
            state.move_clock(wait + MARGIN)
        ran = drain_runtime(state.runtime)
        if wait <= 0 and not ran:
            # Due, and yet left: only steps that no handler here knows are so.
            break
        attempts += ran
    return attempts
