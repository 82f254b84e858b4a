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

GONE: Final = (redis.ConnectionError, redis.TimeoutError)
BELL_SECONDS: Final = 0.5
"""How long a consumer waits at the doorbell; below the client's own timeout."""

_ENQUEUE: Final = """
for i = 1, #ARGV, 2 do
    redis.call("hset", KEYS[2], ARGV[i], ARGV[i + 1])
    redis.call("rpush", KEYS[1], ARGV[i])
end
redis.call("lpush", KEYS[3], "1")
redis.call("ltrim", KEYS[3], 0, 31)
"""
_TAKE: Final = """
local taken = {}
for i = 1, tonumber(ARGV[1]) do
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
    """Sends many messages by one call, and has no queue for delayed ones: a retry that is due later is no message."""

    def __init__(self, client: Any) -> None:
        super().__init__(client=client, middleware=[])  # type: ignore[no-untyped-call]  # Dramatiq leaves it untyped
        self._enqueue = client.register_script(_ENQUEUE)
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
        """Send messages of one queue by one call."""
        arguments: list[Any] = []
        for message in messages:
            # Twice the same message are two.
            arguments += [str(uuid4()), message.encode()]
        self._enqueue(keys=self._keys(messages[0].queue_name), args=arguments)

    def take(self, queue_name: str, most: int) -> list[bytes]:
        """Receive up to so many messages, which are gone from Redis then."""
        taken: list[bytes] = self._take(keys=self._keys(queue_name), args=[most])
        return taken

    def wait_for_bell(self, queue_name: str) -> None:
        """Wait until somebody has sent something, or half a second."""
        self.client.blpop([self._keys(queue_name)[2]], timeout=BELL_SECONDS)

    def _keys(self, queue_name: str) -> list[str]:
        queue = f"{self.namespace}:{queue_name}"
        return [queue, f"{queue}.msgs", f"{queue}.bell"]


class _PromptConsumer(Consumer):
    """Receives for Dramatiq's worker, at most ``prefetch`` messages ahead of what is worked on."""

    def __init__(self, broker: PromptRedisBroker, queue_name: str, prefetch: int, timeout: int) -> None:
        self._broker = broker
        self._queue_name = queue_name
        self._prefetch = prefetch
        self._wait_seconds = timeout / 1_000
        self._received: deque[bytes] = deque()
        self._out = 0
        self._room = threading.Condition()

    def __next__(self) -> MessageProxy | None:
        if not self._received and not self._receive():
            return None
        with self._room:
            self._out += 1
        return MessageProxy(Message.decode(self._received.popleft()))

    def ack(self, message: MessageProxy) -> None:
        """It was worked on: there is room for another one."""
        with self._room:
            self._out -= 1
            self._room.notify()

    nack = ack

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Send again what was received and not worked on: the worker stops."""
        waiting = [message._message for message in messages]
        waiting += [Message.decode(data) for data in self._received]
        self._received.clear()
        if waiting:
            try:
                self._broker.enqueue_all(waiting)
            except GONE as error:
                raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]

    def _receive(self) -> bool:
        with self._room:
            if not self._room.wait_for(lambda: self._out < self._prefetch, timeout=self._wait_seconds):
                return False
            room = self._prefetch - self._out
        try:
            self._received.extend(self._broker.take(self._queue_name, room))
            if not self._received:
                self._broker.wait_for_bell(self._queue_name)
                self._received.extend(self._broker.take(self._queue_name, room))
        except GONE as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
        return bool(self._received)
