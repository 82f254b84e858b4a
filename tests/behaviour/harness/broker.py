"""A Redis for a whole session, which tests of one kind share and may empty."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from tests.conftest import emptied
from tests.servers import running_redis


@contextmanager
def shared_redis() -> Iterator[str]:
    """The URL of a Redis: the one that ``TASKER_TEST_REDIS_URL`` names, or one of our own."""
    given = os.environ.get("TASKER_TEST_REDIS_URL")
    if given:
        yield emptied(given)
        return
    with running_redis() as server:
        yield server.url


def flush(url: str) -> None:
    """Have the Redis forget everything."""
    with Redis.from_url(url) as client:
        client.flushdb()
