"""A timeout does not interrupt what the engine does on a handler's behalf: its connections go back to their pool."""

from __future__ import annotations

import time

import pytest

from flask_tasker.engine import timeouts
from flask_tasker.engine.timeouts import Watchdog, shielded
from flask_tasker.errors import StepTimeoutError


def outlast_the_watch() -> None:
    """Pure Python until the time has come to its end behind the shield."""
    guard = time.monotonic() + 30
    while not timeouts._watched.now.late:
        assert time.monotonic() < guard


def test_a_timeout_waits_for_the_shield_to_come_down() -> None:
    events: list[str] = []

    def handler() -> None:
        with shielded():
            outlast_the_watch()
            events.append("the shielded part ended")
        events.append("never")

    with pytest.raises(StepTimeoutError):
        Watchdog().call(handler, seconds=0.05)
    assert events == ["the shielded part ended"]


def test_shields_within_shields_hold_until_the_last_is_down() -> None:
    events: list[str] = []

    def handler() -> None:
        with shielded():
            with shielded():
                outlast_the_watch()
            events.append("the outer part ended")

    with pytest.raises(StepTimeoutError):
        Watchdog().call(handler, seconds=0.05)
    assert events == ["the outer part ended"]


def test_what_ends_in_time_behind_a_shield_is_no_timeout() -> None:
    def handler() -> str:
        with shielded():
            return "done"

    assert Watchdog().call(handler, seconds=5) == "done"


def test_without_a_watch_a_shield_does_nothing() -> None:
    with shielded():
        value = 1
    assert value == 1
