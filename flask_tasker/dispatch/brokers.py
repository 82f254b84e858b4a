"""Brokers by their URL."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from dramatiq import Broker
from dramatiq.brokers.stub import StubBroker
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ..errors import ConfigurationError
from .redis import PromptRedisBroker

MEMORY: Final = "memory"
INLINE: Final = "inline"
CONNECT_SECONDS: Final = 0.4
ANSWER_SECONDS: Final = 0.9
_REDIS = ("redis", "rediss")
_AMQP = ("amqp", "amqps")


def scheme_of(url: str) -> str:
    """The scheme of a broker's URL.

    Raises:
        ConfigurationError: it is none that can be served.
    """
    scheme = urlsplit(url).scheme
    if scheme not in (MEMORY, INLINE, *_REDIS, *_AMQP):
        raise ConfigurationError(
            f"TASKER_BROKER_URL begins with {scheme or url!r}; expected memory://, inline://, redis://, rediss:// or amqp://"
        )
    return scheme


def broker_for(url: str) -> Broker:
    """A broker of our own for ``url``; connections are made when it is first used.

    It has no middleware: retries, time limits and results are the steps', and are kept in the database.
    """
    scheme = scheme_of(url)
    if scheme in _REDIS:
        return PromptRedisBroker(_impatient_redis(url))
    if scheme in _AMQP:
        return _rabbitmq(url)
    return StubBroker(middleware=[])


def _impatient_redis(url: str) -> Any:
    """A client that fails fast: whoever starts a task must not wait for a broker that is down. The URL may say else."""
    pool = ConnectionPool.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis(connection_pool=pool)


def _rabbitmq(url: str) -> Broker:
    try:
        from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415 - an extra: pika may not be installed
    except ImportError as error:
        raise ConfigurationError("TASKER_BROKER_URL is amqp://: install flask-tasker[rabbitmq]") from error
    return RabbitmqBroker(url=_impatient_amqp(url), middleware=[], confirm_delivery=True)


def _impatient_amqp(url: str) -> str:
    """The URL with short timeouts, where it says nothing of its own: Dramatiq tries several times with each."""
    patience = {"socket_timeout": "1", "stack_timeout": "1", "blocked_connection_timeout": "1"}
    parts = urlsplit(url)
    return parts._replace(query=urlencode({**patience, **dict(parse_qsl(parts.query))})).geturl()
