"""What the watchdog does at the moments that hardly ever come together; one thread, so that they surely do."""

from __future__ import annotations

import time

import pytest

from flask_tasker.engine.timeouts import _Watch
from flask_tasker.errors import StepTimeoutError


def rest(seconds: float) -> None:
    """Python code that takes so long, in which an exception that is under way is raised."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pass


def fired_at(watch: _Watch) -> None:
    """A handler whose time comes to its end."""
    watch.fire()
    rest(30)


def test_a_watch_whose_handler_has_ended_raises_nothing() -> None:
    watch = _Watch(30)
    watch.close()
    watch.fire()
    rest(0.01)
    assert (watch.fired, watch.spent) == (False, False)


def test_what_was_raised_in_the_handler_is_not_raised_again_once_it_has_ended() -> None:
    watch = _Watch(30)
    with pytest.raises(StepTimeoutError):
        fired_at(watch)
    watch.close()
    rest(0.01)
    assert (watch.fired, watch.spent) == (True, True)


def test_behind_a_shield_a_timeout_waits_until_it_is_down() -> None:
    watch = _Watch(30)
    assert not watch.shield(+1)
    watch.fire()
    rest(0.01)
    assert not watch.fired
    assert watch.shield(-1)
    watch.close()
    assert (watch.fired, watch.spent) == (True, True)
