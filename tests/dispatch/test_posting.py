"""What is sent without waiting for an answer arrives; and what goes wrong is said, if only by the next one."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from redis import Redis

from flask_tasker.dispatch.posting import Posting
from tests.behaviour.eventually import eventually
from tests.servers import running_redis

IMPATIENCE = 0.5


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A Redis that no other test knows: it is paused here, and its connections are cut."""
    with running_redis() as server:
        yield server.url


@pytest.fixture
def watch(url: str) -> Iterator[Any]:
    """Another client, which looks on."""
    with Redis.from_url(url) as client:
        client.flushall()
        yield client


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    """The client that sends."""
    with Redis.from_url(url, client_name="sender", socket_timeout=30) as client:
        yield client


@pytest.fixture
def impatient(url: str) -> Iterator[Any]:
    """One that does not wait for long."""
    with Redis.from_url(url, client_name="impatient", socket_timeout=IMPATIENCE, retry=None) as client:
        yield client


def has_come(watch: Any, *expected: bytes) -> None:
    """Exactly these have arrived, in this order."""
    eventually(lambda: watch.lrange("list", 0, -1) == list(expected))


def cut(watch: Any) -> int:
    """Cut the connections of the sender; gives back how many there were."""
    mine = [one for one in watch.client_list() if one["name"] == "sender"]
    return sum(watch.client_kill_filter(_id=one["id"]) for one in mine)


def test_what_is_sent_arrives_in_order_by_one_connection(client: Any, watch: Any) -> None:
    posting = Posting(client)

    for letter in "abc":
        posting.send("RPUSH", "list", letter)

    has_come(watch, b"a", b"b", b"c")
    assert cut(watch) == 1


def test_nothing_is_lost_by_a_connection_that_was_cut_in_between(client: Any, watch: Any) -> None:
    posting = Posting(client)
    posting.send("SADD", "set", "a")
    eventually(lambda: watch.scard("set") == 1)
    assert cut(watch) == 1

    posting.send("SADD", "set", "b")
    posting.send("SADD", "set", "c")

    eventually(lambda: watch.smembers("set") == {b"a", b"b", b"c"})


def test_an_answer_that_was_not_asked_for_is_not_taken_for_that_of_the_next_command(client: Any, watch: Any) -> None:
    posting = Posting(client)
    posting.send("SADD", "set", "a")
    watch.config_resetstat()
    posting._lines[os.getpid()].connection.send_command("NONSENSE")
    eventually(lambda: watch.info("errorstats"))

    for letter in "bcd":
        posting.send("SADD", "set", letter)

    eventually(lambda: watch.smembers("set") == {b"a", b"b", b"c", b"d"})


def test_a_command_that_is_refused_is_said_by_the_next_one_and_the_one_after_that_works(
    client: Any, watch: Any
) -> None:
    posting = Posting(client)
    posting.send("NONSENSE")

    with pytest.raises(redis.ResponseError):
        posting.send("RPUSH", "list", "a")

    posting.send("RPUSH", "list", "b")
    has_come(watch, b"b")


def test_a_redis_that_does_not_answer_is_waited_for_no_longer_than_its_client_would(impatient: Any, watch: Any) -> None:
    posting = Posting(impatient)
    posting.send("RPUSH", "list", "a")
    has_come(watch, b"a")
    watch.client_pause(60_000, all=False)
    try:
        posting.send("RPUSH", "list", "b")
        with pytest.raises(redis.TimeoutError):
            posting.send("RPUSH", "list", "c")
    finally:
        watch.client_unpause()

    posting.send("RPUSH", "list", "d")
    eventually(lambda: watch.lrange("list", -1, -1) == [b"d"])


def test_who_waited_behind_one_that_failed_fails_with_it_and_does_not_wait_once_more(client: Any, watch: Any) -> None:
    posting = Posting(client)
    posting.send("RPUSH", "list", "a")
    line = posting._lines[os.getpid()]

    class FailedMeanwhile:
        def __enter__(self) -> None:
            line.failures += 1

        def __exit__(self, *_: object) -> None:
            pass

    line.lock = FailedMeanwhile()  # type: ignore[assignment]
    with pytest.raises(redis.ConnectionError):
        posting.send("RPUSH", "list", "b")

    line.lock = threading.Lock()
    posting.send("RPUSH", "list", "c")
    has_come(watch, b"a", b"c")


def test_where_commands_are_refused_each_answer_is_waited_for_until_one_is_good(client: Any, watch: Any) -> None:
    posting = Posting(client)
    posting.send("NONSENSE")

    for _ in range(3):
        with pytest.raises(redis.ResponseError):
            posting.send("NONSENSE")

    posting.send("RPUSH", "list", "a")
    posting.send("RPUSH", "list", "b")
    has_come(watch, b"a", b"b")


def test_a_redis_that_is_not_there_is_an_error_at_once() -> None:
    with Redis(port=1) as client, pytest.raises(redis.ConnectionError):
        Posting(client).send("PING")


def test_threads_may_send_at_the_same_time(client: Any, watch: Any) -> None:
    posting = Posting(client)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: posting.send("SADD", "set", number), range(200)))

    eventually(lambda: watch.scard("set") == 200)


def test_a_forked_child_sends_by_a_connection_of_its_own(client: Any, watch: Any) -> None:
    posting = Posting(client)
    posting.send("SADD", "set", "parent")
    before = watch.info("stats")["total_connections_received"]

    child = os.fork()
    if child == 0:
        # Whatever happens here must not come back into the test runner.
        try:
            posting.send("SADD", "set", "child")
            posting.send("SADD", "set", "child again")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    posting.send("SADD", "set", "parent again")

    eventually(lambda: watch.smembers("set") == {b"parent", b"child", b"child again", b"parent again"})
    assert watch.info("stats")["total_connections_received"] == before + 1
