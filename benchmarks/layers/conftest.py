"""A database with the tables, and a client on it whose steps nobody runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.client import Client
from benchmarks.databases import fresh_postgresql
from benchmarks.servers import Servers, running_servers


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The services of the whole session."""
    with running_servers() as running:
        yield running


@pytest.fixture
def client(servers: Servers) -> Iterator[Client]:
    """One client of an empty database; its steps run in the thread that asks for it."""
    with fresh_postgresql(servers, "tasker_bench_layers") as url:
        client = Client(url, "inline://")
        yield client
        client.close()
