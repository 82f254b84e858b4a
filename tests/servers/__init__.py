"""The real services that the tests run against: PostgreSQL and Redis, on loopback, from PyPI packages."""

from tests.servers.databases import fresh_database
from tests.servers.postgresql import PostgresServer, running_postgres
from tests.servers.rabbitmq import running_rabbitmq
from tests.servers.redis import RedisServer, running_redis

__all__ = ["PostgresServer", "RedisServer", "fresh_database", "running_postgres", "running_rabbitmq", "running_redis"]
