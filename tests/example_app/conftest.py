"""The shop on an empty database, and outside systems of its own, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from flask import Flask
from werkzeug.serving import make_server

from example_app import create_app
from example_app.extensions import db, outside
from example_app.outside import create_service
from example_app.seed import stock_shelves
from tests.unhurried import unhurried

SLOW_SECONDS = 3.0
RETRY_AFTER = 60
"""Longer than any test takes: what is not due yet must not fall due while a slow machine looks at it."""


@pytest.fixture
def outside_url() -> Iterator[str]:
    """The address of outside systems that have done nothing yet."""
    service = create_service(slow_seconds=SLOW_SECONDS, retry_after=RETRY_AFTER)
    server = make_server("127.0.0.1", 0, service, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def app(database_url: str, outside_url: str) -> Iterator[Flask]:
    """The shop with full shelves, once on SQLite and once on PostgreSQL; its app context is pushed."""
    shop = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": database_url,
            "OUTSIDE_URL": outside_url,
            "OUTSIDE_TIMEOUT": 10.0,
        }
    )
    with shop.app_context():
        db.create_all()
        stock_shelves()
        with unhurried(shop.extensions["tasker"].runtime.database.engine):
            yield shop
        db.session.remove()
        db.engine.dispose()
    outside.close(shop)


@pytest.fixture
def done(outside_url: str) -> Callable[[str, str], int]:
    """How often an outside system has done something for an order or a customer: ``done("payments", "order-1")``."""

    def times(system: str, reference: str) -> int:
        counts = httpx.get(f"{outside_url}/books").json()["done"]
        return int(counts.get(system, {}).get(reference, 0))

    return times
