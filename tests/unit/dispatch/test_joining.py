"""Messages of quick steps are joined, and how many are received grows as they prove to be quick."""

from __future__ import annotations

import pytest
from dramatiq import Message

from flask_tasker.dispatch.joining import MOST_AHEAD, Ahead, Weight, joined
from flask_tasker.lifecycle import TOGETHER


def message(argument: int) -> Message[None]:
    """A message that says one thing."""
    return Message(queue_name="queue", actor_name="actor", args=(argument,), kwargs={}, options={})


def arguments(weights: list[int], *, parts: int = 1) -> list[tuple[int, ...]]:
    """What messages of these weights are joined to: their numbers."""
    numbered = [message(number) for number in range(len(weights))]
    return [one.args for one in joined(numbered, [Weight(weight) for weight in weights], parts=parts)]


@pytest.mark.parametrize(
    ("weights", "parts", "expected"),
    [
        ([], 1, []),
        ([1], 4, [(0,)]),
        ([1, 1, 1, 1], 1, [(0, 1, 2, 3)]),
        ([1, 1, 1, 1], 2, [(0, 1), (2, 3)]),
        ([1, 1, 1, 1], 8, [(0,), (1,), (2,), (3,)]),
        ([2, 1, 1, 2], 2, [(0, 1), (2, 3)]),
        ([TOGETHER - 1, 1, 1], 1, [(0, 1), (2,)]),
        ([1, TOGETHER, 1], 1, [(0,), (1,), (2,)]),
        ([1, 2 * TOGETHER, 1], 1, [(0,), (1,), (2,)]),
    ],
)
def test_messages_are_joined_in_order_to_about_so_many_parts_of_no_more_than_is_worked_on_together(
    weights: list[int], parts: int, expected: list[tuple[int, ...]]
) -> None:
    assert arguments(weights, parts=parts) == expected


def test_no_message_is_lost_or_doubled() -> None:
    for parts in range(1, 20):
        weights = [1 + number % (2 * parts) for number in range(300)]
        assert [number for one in arguments(weights, parts=parts) for number in one] == list(range(300))


def test_what_is_received_doubles_while_all_of_it_is_quick_and_falls_back_when_it_is_not() -> None:
    ahead = Ahead()
    seen = [ahead.of(3)]
    for _ in range(6):
        ahead.received(weight=1, all_quick=True)
        seen.append(ahead.of(3))
    ahead.received(weight=1, all_quick=False)

    assert seen == [3, 6, 12, 24, 48, 48, 48]
    assert seen[-1] == 3 * MOST_AHEAD
    assert ahead.of(3) == 3


def test_what_is_received_stays_about_what_is_worked_on_together() -> None:
    ahead = Ahead()
    seen = []
    for weight in (TOGETHER // 2, TOGETHER, 2 * TOGETHER, 2 * TOGETHER + 1, 9 * TOGETHER):
        ahead.received(weight=weight, all_quick=True)
        seen.append(ahead.of(1))

    assert seen == [2, 2, 2, 1, 1]
