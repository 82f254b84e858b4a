"""Commands that are sent to Redis without waiting for their answers.

Whoever starts a task would wait until Redis has put its message away, only to learn that it has. A message is a hint,
and the loss of one costs a sweep. So the answer to each command is read before the next one is sent, when it has come
long since. What went wrong with a command is raised by the next one, and from then on answers are waited for until one
is good.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Any, Final

import redis

BROKEN: Final = (redis.ConnectionError, OSError)
"""The connection is gone. With an answer that does not come in time (``redis.TimeoutError``) nobody knows."""


@dataclass
class _Line:
    """The connection of one process, and the command whose answer has not been read yet.

    Attributes:
        is_trusted: whether the last answer was good, so that the next one need not be waited for.
        failures: how often sending has failed.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    connection: Any = None
    unanswered: tuple[Any, ...] | None = None
    is_trusted: bool = True
    failures: int = 0


class Posting:
    """Sends commands by one connection of each process, one after the other; raises what the one before met with."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lines: dict[int, _Line] = {}

    def send(self, *command: Any) -> None:
        """Send a command.

        Raises:
            redis.RedisError: Redis is not there, or refused this command or the one before.
        """
        # A forked child shares the socket with its parent, and perhaps a lock that nobody there will ever release.
        line = self._lines.get(os.getpid()) or self._lines.setdefault(os.getpid(), _Line())
        failures = line.failures
        with line.lock:
            if line.failures != failures:
                # Whoever was before us waited for as long as anybody should.
                raise redis.ConnectionError("Redis failed another thread just now")
            try:
                self._post(line, command)
            except BaseException:
                line.is_trusted = False
                line.failures += 1
                self._hang_up(line)
                raise

    def _post(self, line: _Line, command: tuple[Any, ...]) -> None:
        before = line.unanswered
        try:
            self._hear(line)
            line.connection.send_command(*command)
            line.unanswered = command
            if not line.is_trusted:
                self._hear(line)
        except BROKEN:
            # Broken since it was last used, as after a restart. What was sent before may be lost as well; twice does no
            # harm. This time the answer is waited for.
            self._hang_up(line)
            for again in [command] if before is None else [before, command]:
                self._client.execute_command(*again)
        line.is_trusted = True

    def _hear(self, line: _Line) -> None:
        """Read the answer that is due; make sure that nothing else has come, such as the end of the connection."""
        if line.connection is None:
            line.connection = self._client.connection_pool.get_connection()
        if line.unanswered is not None:
            line.connection.read_response()
            line.unanswered = None
        if line.connection.can_read():
            raise redis.ConnectionError("something came that was not asked for")

    def _hang_up(self, line: _Line) -> None:
        connection, line.connection, line.unanswered = line.connection, None, None
        if connection is not None:
            connection.disconnect()
            self._client.connection_pool.release(connection)
