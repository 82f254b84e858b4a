"""Messages of quick steps are joined, and how many are received grows as they prove to be quick."""

from __future__ import annotations

import pytest
from dramatiq import Message

from flask_tasker.dispatch.joining import MOST_AHEAD, Ahead, joined
from flask_tasker.lifecycle import CHUNK


def message(argument: int) -> Message[None]:
    """A message that says one thing."""
    return Message(queue_name="queue", actor_name="actor", args=(argument,), kwargs={}, options={})


def arguments(weights: list[int], *, parts: int) -> list[tuple[int, ...]]:
    """What messages of so many steps each are joined to: their numbers."""
    numbered = [message(number) for number in range(len(weights))]
    return [one.args for one in joined(numbered, weights, parts=parts)]


@pytest.mark.parametrize(
    ("weights", "parts", "expected"),
    [
        ([], 1, []),
        ([1], 4, [(0,)]),
        ([1, 1, 1, 1], 1, [(0, 1, 2, 3)]),
        ([1, 1, 1, 1], 2, [(0, 1), (2, 3)]),
        ([1, 1, 1, 1], 8, [(0,), (1,), (2,), (3,)]),
        ([2, 1, 1, 2], 2, [(0, 1), (2, 3)]),
    ],
)
def test_messages_are_joined_in_order_to_about_so_many_parts(
    weights: list[int], parts: int, expected: list[tuple[int, ...]]
) -> None:
    assert arguments(weights, parts=parts) == expected


def test_what_is_joined_names_at_most_so_many_steps() -> None:
    assert arguments([1] * (CHUNK + 1), parts=1) == [tuple(range(CHUNK)), (CHUNK,)]


def test_a_message_that_names_more_stays_as_it_is() -> None:
    assert arguments([1, 2 * CHUNK, 1], parts=1) == [(0,), (1,), (2,)]


def test_no_message_is_lost_or_doubled() -> None:
    weights = [1 + number % 5 for number in range(100)]
    for parts in range(1, 20):
        assert [number for one in arguments(weights, parts=parts) for number in one] == list(range(100))


def test_what_is_received_doubles_while_all_of_it_is_quick_and_falls_back_when_it_is_not() -> None:
    ahead = Ahead()
    seen = [ahead.of(3)]
    for _ in range(6):
        ahead.received(all_quick=True)
        seen.append(ahead.of(3))
    ahead.received(all_quick=False)

    assert seen == [3, 6, 12, 24, 48, 48, 48]
    assert seen[-1] == 3 * MOST_AHEAD
    assert ahead.of(3) == 3
