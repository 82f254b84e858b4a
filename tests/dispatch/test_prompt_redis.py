"""How messages come out of Redis: quick ones by the dozen, others one by one, and never more than is fair."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from redis import Redis

from flask_tasker.dispatch import DramatiqDispatch, Runner
from flask_tasker.dispatch import redis as redis_broker
from flask_tasker.dispatch.joining import ALONE, Weight
from flask_tasker.dispatch.redis import PromptRedisBroker
from flask_tasker.lifecycle import StepMessage, StepRef
from tests.behaviour.eventually import eventually

AT_ONCE = 10
"""A consumer that finds nothing waits at the doorbell, and for room no longer than these milliseconds."""

A_LONG_TIME = 600.0
"""Longer than a test may take."""


@dataclass
class Post:
    """A queue in Redis, and who takes from it."""

    broker: PromptRedisBroker
    queue: str

    def send(self, *numbers: int) -> None:
        """Send a message for each number."""
        self.broker.enqueue_all(
            [
                Message(queue_name=self.queue, actor_name="actor", args=(number,), kwargs={}, options={})
                for number in numbers
            ]
        )

    def consumer(self, *, prefetch: int) -> Consumer:
        """A consumer with room for so many messages."""
        return self.broker.consume(self.queue, prefetch=prefetch, timeout=AT_ONCE)

    def all_are_quick(self) -> None:
        """Every message is of one quick step."""
        self.broker.weigh[self.queue] = lambda message: Weight(len(message.args), is_light=True)

    def all_wait_a_little(self) -> None:
        """Every message is of one step that is quick, and not one of the lightest."""
        self.broker.weigh[self.queue] = lambda message: Weight(3 * len(message.args))

    def odd_ones_are_quick(self) -> None:
        """The others are not."""
        self.broker.weigh[self.queue] = lambda message: (
            Weight(len(message.args), is_light=True) if message.args[0] % 2 else ALONE
        )

    def none_is_quick(self) -> None:
        """Or nothing is known of them."""
        self.broker.weigh[self.queue] = lambda message: ALONE

    @property
    def left(self) -> int:
        """How many messages lie in Redis."""
        length: Any = self.broker.client.llen(f"dramatiq:{self.queue}")
        return int(length)


@pytest.fixture
def post(broker: str) -> Iterator[Post]:
    """A queue of the test's own."""
    client = Redis.from_url(broker)
    queue = f"post-{uuid.uuid4().hex}"
    yield Post(PromptRedisBroker(client), queue)
    client.close()


def take(consumer: Consumer, number: int) -> list[MessageProxy]:
    """So many messages, each of which must be there."""
    taken = [next(consumer) for _ in range(number)]
    assert None not in taken
    return [message for message in taken if message is not None]


def said(*messages: MessageProxy) -> list[int]:
    """What they say."""
    return [number for message in messages for number in message.args]


def test_where_nothing_is_known_of_messages_they_come_one_by_one(post: Post) -> None:
    post.send(*range(10))

    taken = take(post.consumer(prefetch=4), 4)

    assert [message.args for message in taken] == [(0,), (1,), (2,), (3,)]
    assert post.left == 6


def test_who_has_room_for_no_more_receives_no_more_until_something_was_worked_on(post: Post) -> None:
    post.send(*range(10))
    consumer = post.consumer(prefetch=2)
    first, _ = take(consumer, 2)

    assert next(consumer) is None
    consumer.ack(first)

    assert said(*take(consumer, 1)) == [2]


def test_quick_messages_come_by_the_dozen_once_they_have_proved_to_be_quick(post: Post) -> None:
    post.all_are_quick()
    post.send(*range(200))
    consumer = post.consumer(prefetch=2)

    seen: list[int] = []
    sizes: list[int] = []
    while len(seen) < 200:
        [message] = take(consumer, 1)
        seen += said(message)
        sizes.append(len(message.args))
        consumer.ack(message)

    assert seen == list(range(200))
    assert sizes[0] == 2, "the first receipt is as large as there is room"
    assert max(sizes) > 10


def test_what_is_received_ahead_leaves_as_much_to_others(post: Post) -> None:
    post.all_are_quick()
    post.send(*range(40))
    consumer = post.consumer(prefetch=2)
    while post.left > 8:
        before = post.left
        consumer.ack(take(consumer, 1)[0])
        assert post.left >= before // 2 - 1


def test_messages_that_are_not_quick_stay_alone_and_what_has_no_room_goes_back_in_its_order(post: Post) -> None:
    post.all_are_quick()
    post.send(*range(100))
    consumer: Any = post.consumer(prefetch=2)
    heard: list[int] = []
    while len(heard) < 30 or consumer._together:
        [message] = take(consumer, 1)
        heard += said(message)
        consumer.ack(message)
    post.none_is_quick()

    kept = take(consumer, 2)

    assert next(consumer) is None, "it took more ahead than it has room for"
    rest = take(post.consumer(prefetch=100), 98 - len(heard))
    assert [*heard, *said(*kept), *said(*rest)] == list(range(100))
    assert {len(message.args) for message in (*kept, *rest)} == {1}


def test_quick_messages_wait_for_the_thread_that_works_on_those_before_them(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_broker, "LANE_SECONDS", A_LONG_TIME)
    post.all_are_quick()
    post.send(1)
    consumer = post.consumer(prefetch=4)
    [first] = take(consumer, 1)
    post.send(2, 3)

    with ThreadPoolExecutor() as pool:
        following = pool.submit(next, consumer)
        with pytest.raises(TimeoutError):
            following.result(timeout=0.2)
        consumer.ack(first)
        second = following.result(timeout=A_LONG_TIME)
    assert second is not None
    assert said(second) == [2, 3]


def test_another_thread_is_called_when_what_was_thought_to_be_quick_takes_long(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.all_are_quick()
    post.send(1)
    consumer = post.consumer(prefetch=4)
    take(consumer, 1)
    post.send(2)
    [second] = take(consumer, 1)
    assert said(second) == [2]

    # The one that takes long is not waited for a second time.
    monkeypatch.setattr(redis_broker, "LANE_SECONDS", A_LONG_TIME)
    consumer.ack(second)
    post.send(3)
    assert said(*take(consumer, 1)) == [3]


def test_messages_that_are_not_quick_come_before_those_that_are(post: Post) -> None:
    post.odd_ones_are_quick()
    post.send(1, 2, 3, 4)
    consumer = post.consumer(prefetch=4)

    assert [message.args for message in take(consumer, 3)] == [(2,), (4,), (1, 3)]


def test_quick_steps_that_may_wait_for_something_are_spread_over_the_threads(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_broker, "LANE_SECONDS", A_LONG_TIME)
    post.all_wait_a_little()
    post.send(*range(8))
    consumer = post.consumer(prefetch=8)

    assert [message.args for message in take(consumer, 4)] == [(0, 1), (2, 3), (4, 5), (6, 7)]


def test_every_message_is_heard_once_whatever_comes(post: Post) -> None:
    post.odd_ones_are_quick()
    post.send(*range(300))
    one, other = post.consumer(prefetch=3), post.consumer(prefetch=5)

    heard: list[int] = []
    while len(heard) < 300:
        for consumer in (one, other):
            message = next(consumer)
            if message is not None:
                heard += said(message)
                consumer.ack(message)

    assert sorted(heard) == list(range(300))


def test_of_a_queue_that_is_closed_here_nothing_is_received_and_what_was_goes_to_others(post: Post) -> None:
    post.send(*range(6))
    consumer = post.consumer(prefetch=4)
    taken = take(consumer, 1)
    post.broker.closed.add(post.queue)

    assert next(consumer) is None
    assert next(consumer) is None

    post.broker.closed.discard(post.queue)
    assert sorted(said(*taken, *take(post.consumer(prefetch=10), 5))) == list(range(6))


def test_what_was_received_and_not_worked_on_goes_back_when_the_worker_stops(post: Post) -> None:
    post.all_are_quick()
    post.send(*range(20))
    consumer = post.consumer(prefetch=4)
    worked_on, waiting = take(consumer, 2)

    consumer.requeue([waiting])

    other = post.consumer(prefetch=50)
    heard = said(worked_on)
    while len(heard) < 20:
        heard += said(*take(other, 1))
    assert sorted(heard) == list(range(20))


def dispatch_on(post: Post) -> DramatiqDispatch:
    """What an app makes of the broker; no worker has booted."""

    def never(_threads: int) -> Runner:
        raise AssertionError("no worker boots here")

    return DramatiqDispatch(post.broker, queue=post.queue, runner=never)


def test_a_message_that_comes_when_nobody_works_goes_back_for_others(post: Post) -> None:
    told = StepMessage(task_id=1, handler=("default", "one", "0.1.0"), steps=(StepRef(2, "three"),))

    dispatch_on(post)._receive(told.to_json(), told.to_json())

    eventually(lambda: post.left == 2)
    heard = take(post.consumer(prefetch=2), 2)
    assert [StepMessage.from_json(message.args[0]) for message in heard] == [told, told]


def test_a_message_that_cannot_be_read_is_not_known_to_be_quick(post: Post) -> None:
    odd: Message[None] = Message(
        queue_name=post.queue, actor_name="actor", args=({"of": "another version"},), kwargs={}, options={}
    )

    assert dispatch_on(post)._weight(odd) == ALONE
