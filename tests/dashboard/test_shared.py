"""What many ask for at once is read once, and for a moment stands for all of them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from flask_tasker.errors import UnavailableError
from flask_tasker.store.deadline import within
from flask_tasker.web.dashboard.shared import Shared


@dataclass
class Source:
    """Counts how often it is read, at a time that a test sets."""

    now: float = 100.0
    reads: int = 0
    answers: list[int | None] = field(default_factory=list)

    def clock(self) -> float:
        """The time."""
        return self.now

    def read(self) -> int | None:
        """How often it was read, or what a test wants."""
        self.reads += 1
        return self.answers.pop(0) if self.answers else self.reads


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def shared(source: Source) -> Shared[int]:
    return Shared(seconds=1.0, most=2, clock=source.clock)


def test_a_value_stands_for_so_many_seconds(source: Source, shared: Shared[int]) -> None:
    found = []
    for now in (100.0, 100.9, 101.1):
        source.now = now
        found.append(shared.get("a", source.read))

    assert found == [1, 1, 2]


def test_a_value_that_is_asked_for_afresh_is_read_again(source: Source, shared: Shared[int]) -> None:
    found = []
    for now, afresh in ((100.0, False), (100.1, True), (100.2, False)):
        source.now = now
        found.append(shared.get("a", source.read, afresh=afresh))

    assert found == [1, 2, 2]


def test_what_there_is_none_of_is_asked_for_again(source: Source, shared: Shared[int]) -> None:
    source.answers = [None]
    assert [shared.get("a", source.read), shared.get("a", source.read)] == [None, 2]


def test_a_failure_is_not_kept(source: Source, shared: Shared[int]) -> None:
    def fail() -> int:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        shared.get("a", fail)

    assert shared.get("a", source.read) == 1


def test_what_was_not_used_for_longest_goes_first(source: Source, shared: Shared[int]) -> None:
    for key in ("a", "b", "a", "c", "a", "b"):
        shared.get(key, source.read)

    assert source.reads == 4  # a, b, c, and b again


def test_what_nobody_asks_for_is_not_kept_longer_than_it_stands(source: Source, shared: Shared[int]) -> None:
    values = [Value(), Value()]
    kept = [weakref.ref(value) for value in values]
    of_values: Shared[Value] = Shared(seconds=1.0, most=9, clock=source.clock)
    for key in ("a", "b"):
        of_values.get(key, values.pop)
        source.now += 0.6

    of_values.get("c", Value)

    # The last was read first.
    assert [value() is None for value in kept] == [False, True]


class Value:
    """Something that can be seen to be gone."""


def test_who_asks_while_it_is_read_waits_for_that(source: Source, shared: Shared[int]) -> None:
    with reading(shared) as go_on, ThreadPoolExecutor(20) as others:
        waiting = [others.submit(shared.get, "a", source.read) for _ in range(20)]
        go_on.set()
        found = {one.result() for one in waiting}

    assert found == {-1}
    assert source.reads == 0


def test_nobody_waits_beyond_their_deadline(source: Source, shared: Shared[int]) -> None:
    with reading(shared), within(0.01), pytest.raises(UnavailableError):
        shared.get("a", source.read)


def test_another_key_does_not_wait(source: Source, shared: Shared[int]) -> None:
    with reading(shared):
        assert shared.get("b", source.read) == 1


@contextmanager
def reading(shared: Shared[int]) -> Iterator[threading.Event]:
    """Meanwhile another thread reads ``a``, until the event is set or the block is left."""
    begun, go_on = threading.Event(), threading.Event()

    def read() -> int:
        begun.set()
        assert go_on.wait(30)
        return -1

    with ThreadPoolExecutor(1) as reader:
        one = reader.submit(shared.get, "a", read)
        assert begun.wait(30)
        try:
            yield go_on
        finally:
            go_on.set()
        assert one.result() == -1
