"""Fixtures that every test may use: the real databases and the real Redis.

A server is started by the first test that asks for it, once for each pytest process (so once for each worker of
pytest-xdist), and ended with it. `TASKER_TEST_DATABASE_URL` and `TASKER_TEST_REDIS_URL` name servers to use instead.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.globals import app_ctx
from redis import Redis

from tests.servers import RedisServer, fresh_database, running_postgres, running_rabbitmq, running_redis


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server's maintenance database; its role may create databases."""
    given = os.environ.get("TASKER_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with running_postgres() as server:
        yield server.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that lasts for one test."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tasker.sqlite'}"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this process's own, which a test may flush, kill and restart; `redis_url` gives it empty."""
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty Redis database."""
    given = os.environ.get("TASKER_TEST_REDIS_URL")
    if given:
        return emptied(given)
    server: RedisServer = request.getfixturevalue("redis_server")
    server.reset()
    return server.url


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """The URL of a RabbitMQ; only tests marked `amqp` ask for it."""
    given = os.environ.get("TASKER_TEST_AMQP_URL")
    if given:
        yield given
        return
    with running_rabbitmq() as url:
        yield url


@pytest.fixture(autouse=True)
def _no_app_context_is_left() -> Iterator[None]:
    """Each test leaves the thread as it found it: an app context left behind would be the app of all later tests."""
    yield
    left = 0
    while app_ctx:
        app_ctx.pop()
        left += 1
    assert not left, f"the test left {left} app contexts behind"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let half a surrogate pair in a captured line pass from pytest-xdist's workers, which send UTF-8."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report


def emptied(url: str) -> str:
    """Return the URL with a database number of this pytest process's own, emptied."""
    parts = urlsplit(url)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = int(parts.path.strip("/") or 0) + worker
    own = parts._replace(path=f"/{number}").geturl()
    with Redis.from_url(own) as client:
        client.flushdb()
    return own
