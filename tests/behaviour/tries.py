"""Measuring what a machine that stands still for a moment may spoil."""

from collections.abc import Callable

TRIES = 3


def once_in_three(holds: Callable[[], bool]) -> bool:
    """Whether ``holds`` says yes in one of three tries.

    A machine that stands still for a second wakes everybody at once, and lets leases end under workers that live: that
    happens now and then. What is wrong by itself is wrong in every try.
    """
    return any(holds() for _ in range(TRIES))
