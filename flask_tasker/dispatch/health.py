"""Whether a broker answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from dramatiq import Broker
from dramatiq.brokers.redis import RedisBroker
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

try:
    import pika
    from dramatiq.brokers.rabbitmq import RabbitmqBroker
except ImportError:  # an extra: without it no broker here is a RabbitMQ
    pika = None

logger = logging.getLogger(__name__)


def broker_answers(broker: Broker, *, seconds: float) -> bool:
    """Ask ``broker``, over a connection of our own, whether it is there; waits so many seconds in all.

    Only Redis and RabbitMQ can be asked: one in this process answers, and of others of the host's nobody here knows.
    """
    ask: Callable[[Any, float], object]
    if isinstance(broker, RedisBroker):
        ask = _ping_redis
    elif pika is not None and isinstance(broker, RabbitmqBroker):
        ask = _connect_to_rabbitmq
    else:
        return True
    try:
        ask(broker, seconds)
    except Exception as error:
        # Its text may name an address.
        logger.warning("the broker is not ready: %s", type(error).__name__)
        return False
    return True


def _ping_redis(broker: Any, seconds: float) -> None:
    shared = broker.client.connection_pool
    if type(shared) is not ConnectionPool:
        # One that looks for its server elsewhere, as Sentinel's does, knows its own patience.
        broker.client.ping()
        return
    patience = {"socket_connect_timeout": seconds / 2, "socket_timeout": seconds / 2}
    options = {**shared.connection_kwargs, **patience, "retry": Retry(NoBackoff(), 0)}
    pool = ConnectionPool(connection_class=shared.connection_class, **options)
    try:
        Redis(connection_pool=pool).ping()
    finally:
        pool.disconnect()


def _connect_to_rabbitmq(broker: Any, seconds: float) -> None:
    known = broker.parameters
    # Each that may be the right one, in the order in which the broker would try them.
    choice: Sequence[Any] = [copy(one) for one in (known if isinstance(known, list) else [known])]
    share = seconds / len(choice)
    for parameters in choice:
        parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = share
        parameters.connection_attempts = 1
    pika.BlockingConnection(choice).close()
