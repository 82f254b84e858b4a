"""Dramatiq's Redis broker for messages that are hints: sent in one call, received at once, acknowledged on receipt.

Dramatiq's own consumer asks again and again, more and more slowly, and keeps each message until it is acknowledged, one
call each. A step's wake-up stands in the database, so that a message which dies with its worker is found by the sweep:
here messages leave Redis when they are taken, many by one call. And who finds none waits at a doorbell, a list that
each sender pushes to, so that an idle worker wakes within a millisecond and asks twice a second otherwise. Messages
are laid down where Dramatiq keeps them: a list of ids, and a hash of what they say.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import uuid4

import redis
from dramatiq import Message
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import ConnectionClosed

from .joining import Ahead, Weigh, joined
from .posting import Posting

LANE_SECONDS: Final = 0.02
"""How long messages wait for the thread that works on the lightest of those before them, until another is called."""
BELL_SECONDS: Final = 0.5
"""How long a consumer waits at the doorbell; below the client's own timeout."""

_ENQUEUE: Final = """
for i = 2, #ARGV, 2 do
    redis.call("hset", KEYS[2], ARGV[i], ARGV[i + 1])
    redis.call(ARGV[1], KEYS[1], ARGV[i])
end
redis.call("lpush", KEYS[3], "1")
redis.call("ltrim", KEYS[3], 0, 31)
"""
_TAKE: Final = """
local taken = {}
local least, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local fair = math.floor(redis.call("llen", KEYS[1]) / 2)
for i = 1, math.max(least, math.min(most, fair)) do
    local id = redis.call("lpop", KEYS[1])
    if not id then break end
    local message = redis.call("hget", KEYS[2], id)
    if message then
        taken[#taken + 1] = message
        redis.call("hdel", KEYS[2], id)
    end
end
return taken
"""


class PromptRedisBroker(RedisBroker):
    """Sends many messages by one call, and has no queue for delayed ones: a retry that is due later is no message.

    Attributes:
        weigh: of each queue, what tells which of its messages may be handed over together; without it, none are.
        closed: queues of which nothing is received here, since who works on them stops.
    """

    def __init__(self, client: Any) -> None:
        super().__init__(client=client, middleware=[])  # type: ignore[no-untyped-call]  # Dramatiq leaves it untyped
        self.weigh: dict[str, Weigh] = {}
        self.closed: set[str] = set()
        self._posting = Posting(client)
        self._take = client.register_script(_TAKE)

    @property
    def consumer_class(self) -> Any:
        """What Dramatiq's worker makes one of for each queue."""
        return _PromptConsumer

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, without the one for delayed messages that Dramatiq would poll."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Send one message."""
        if delay is not None:
            raise ValueError("no delayed messages here: a step that is due later waits in the database")
        self.enqueue_all([message])
        return message

    def enqueue_all(self, messages: Sequence[Message[Any]]) -> None:
        """Send messages of one queue by one call, whose answer is not waited for."""
        self._posting.send(*self._command("rpush", messages))

    def put_back(self, messages: Sequence[Message[Any]]) -> None:
        """Put messages that were received to the head of their queue again, one for each of what they say."""
        apart = [message.copy(args=(argument,)) for message in messages for argument in message.args]
        if apart:
            self.client.execute_command(*self._command("lpush", apart[::-1]))

    def _command(self, end: str, messages: Sequence[Message[Any]]) -> list[Any]:
        keys = self._keys(messages[0].queue_name)
        command = ["EVAL", _ENQUEUE, len(keys), *keys, end]
        for message in messages:
            # Twice the same message are two.
            command += [str(uuid4()), message.encode()]
        return command

    def take(self, queue_name: str, least: int, *, most: int = 0) -> list[Message[Any]]:
        """Receive ``least`` messages, or up to ``most`` if that leaves as many to others; they are gone from Redis."""
        taken: list[bytes] = self._take(keys=self._keys(queue_name), args=[least, most])
        return [Message.decode(data) for data in taken]

    def wait_for_bell(self, queue_name: str) -> None:
        """Wait until somebody has sent something, or half a second."""
        self.client.blpop([self._keys(queue_name)[2]], timeout=BELL_SECONDS)

    def _keys(self, queue_name: str) -> list[str]:
        queue = f"{self.namespace}:{queue_name}"
        return [queue, f"{queue}.msgs", f"{queue}.bell"]


class _PromptConsumer(Consumer):
    """Receives for Dramatiq's worker, and hands over at most ``prefetch`` messages ahead of what was worked on; quick
    ones count as one with those that they are joined with.

    One thread works on the lightest, as many as there are by then: several that run Python take turns anyway, and have
    less to write together. Another one is called when it has not come back after a while.
    """

    def __init__(self, broker: PromptRedisBroker, queue_name: str, prefetch: int, timeout: int) -> None:
        self._broker = broker
        self._queue_name = queue_name
        self._prefetch = prefetch
        self._wait_seconds = timeout / 1_000
        self._alone: deque[Message[Any]] = deque()
        self._together: deque[Message[Any]] = deque()
        self._are_light = False
        self._ahead = Ahead()
        self._out = 0
        self._lane: Message[Any] | None = None
        self._room = threading.Condition()

    def __next__(self) -> MessageProxy | None:
        if self._is_closed:
            # At once, not when the last step has ended: others are free.
            self.requeue([])
            with self._room:
                self._room.wait(self._wait_seconds)
            return None
        if not self._has_room():
            return None
        if not self._alone:
            self._wait_for_lane()
            if not self._together and not self._receive():
                return None
        return self._hand_over()

    def ack(self, message: MessageProxy) -> None:
        """It was worked on: there is room for another one."""
        with self._room:
            # Not below: after a broken connection, what another consumer handed out is acknowledged to this one.
            self._out = max(0, self._out - 1)
            if message._message is self._lane:
                self._lane = None
            self._room.notify()

    nack = ack

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Put back what was received and not worked on: the worker stops."""
        waiting = [*(message._message for message in messages), *self._alone, *self._together]
        self._alone.clear()
        self._together.clear()
        self._put_back(waiting)

    def _put_back(self, messages: Sequence[Message[Any]]) -> None:
        try:
            self._broker.put_back(messages)
        except redis.RedisError as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]

    def _has_room(self) -> bool:
        with self._room:
            return self._room.wait_for(lambda: self._out < self._prefetch, timeout=self._wait_seconds)

    def _wait_for_lane(self) -> None:
        with self._room:
            if not self._room.wait_for(lambda: self._lane is None, timeout=LANE_SECONDS):
                # What it works on takes longer than was thought.
                self._lane = None

    def _hand_over(self) -> MessageProxy:
        with self._room:
            self._out += 1
            if self._alone:
                return MessageProxy(self._alone.popleft())
            message = self._together.popleft()
            self._lane = message if self._are_light else None
            return MessageProxy(message)

    def _receive(self) -> bool:
        room = self._prefetch - self._out
        try:
            taken = self._take(room)
            if not taken:
                self._broker.wait_for_bell(self._queue_name)
                taken = self._take(room)
        except redis.RedisError as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
        self._sort_out(taken, room)
        return bool(self._alone or self._together)

    @property
    def _is_closed(self) -> bool:
        return self._queue_name in self._broker.closed

    def _take(self, room: int) -> list[Message[Any]]:
        return [] if self._is_closed else self._broker.take(self._queue_name, room, most=self._ahead.of(room))

    def _sort_out(self, taken: Sequence[Message[Any]], room: int) -> None:
        """Join the quick ones; of the others, put back what there is no room for."""
        weigh = self._broker.weigh.get(self._queue_name)
        if weigh is None or not taken:
            self._alone.extend(taken)
            return
        weighed = [(message, weigh(message)) for message in taken]
        alone = [message for message, weight in weighed if not weight.total]
        quick = [message for message, weight in weighed if weight.total]
        weights = [weight for _, weight in weighed if weight.total]
        self._ahead.received(weight=sum(weight.total for weight in weights), all_quick=not alone)
        self._are_light = all(weight.is_light for weight in weights)
        # Those that wait for something are spread over the threads, which wait side by side.
        parts = 1 if self._are_light else max(1, min(room - len(alone), self._prefetch // 2))
        self._alone.extend(alone[:room])
        self._together.extend(joined(quick, weights, parts=parts))
        self._put_back(alone[room:])
