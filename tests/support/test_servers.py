"""The suite's own servers are real, empty when a test starts, and gone when they should be."""

import socket
import subprocess
import sys

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry
from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text

from tests.servers import RedisServer, fresh_database

SECONDS_TO_END = 20


def test_the_suite_has_a_real_postgresql(postgres_database: str) -> None:
    engine = create_engine(postgres_database, poolclass=NullPool)
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version_num")).scalar_one()
    assert int(version) >= 130000


def test_a_test_database_is_empty(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE left_behind (id INTEGER)"))


def test_two_test_databases_on_one_server_are_apart(postgres_url: str) -> None:
    with fresh_database(postgres_url) as one, fresh_database(postgres_url) as other:
        with create_engine(one, poolclass=NullPool).begin() as connection:
            connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
        with create_engine(other, poolclass=NullPool).connect() as connection:
            assert inspect(connection).get_table_names() == []


def test_a_test_database_is_dropped_under_an_open_connection(postgres_url: str) -> None:
    with fresh_database(postgres_url) as url:
        left_open = create_engine(url, poolclass=NullPool).connect()
        assert left_open.execute(text("SELECT 1")).scalar_one() == 1
    with create_engine(postgres_url, poolclass=NullPool).connect() as connection:
        assert not exists(connection, make_url(url).database)
    left_open.invalidate()


def exists(connection: Connection, database: str | None) -> bool:
    found = text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)")
    return bool(connection.execute(found, {"name": database}).scalar_one())


def test_the_suite_has_a_real_redis(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.set("key", "value")
        assert client.get("key") == b"value"


def test_a_test_starts_with_an_empty_redis(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_a_restarted_redis_is_empty_and_where_it_was(redis_server: RedisServer) -> None:
    first = redis_server.pid
    with Redis.from_url(redis_server.url) as client:
        client.set("key", "value")
        redis_server.restart()
        assert client.dbsize() == 0
    assert redis_server.pid != first


def test_a_killed_redis_refuses_connections_until_it_is_reset(redis_server: RedisServer) -> None:
    redis_server.kill()
    with Redis.from_url(redis_server.url, retry=Retry(NoBackoff(), 0)) as client:
        with pytest.raises(RedisConnectionError):
            client.ping()
        redis_server.reset()
        assert client.ping()


OWNER = """
import sys
from tests.servers import running_postgres, running_redis
with running_postgres() as postgres, running_redis() as redis:
    print(postgres.url, redis.url, flush=True)
    sys.stdin.read()
"""


def test_the_servers_end_with_a_test_process_that_was_killed(pytestconfig: pytest.Config) -> None:
    root, command = pytestconfig.rootpath, [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        postgres, redis = owner.stdout.readline().split()
        to_postgres, to_redis = connected(postgres), connected(redis)
        owner.kill()
    assert hung_up(to_postgres)
    assert hung_up(to_redis)


def connected(url: str) -> socket.socket:
    parts = make_url(url)
    return socket.create_connection((parts.host or "", parts.port or 0), timeout=SECONDS_TO_END)


def hung_up(connection: socket.socket) -> bool:
    """Wait until the server at the other end is gone, or fail with a timeout."""
    with connection:
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True
