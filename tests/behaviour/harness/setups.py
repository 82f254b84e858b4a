"""Setups: which database, which transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from flask_tasker.testing import drain
from tests.behaviour.app import create_app, db
from tests.behaviour.harness.setup import Setup


@contextmanager
def inline(url: str, **config: Any) -> Iterator[Setup]:
    """An app under test: nothing runs until it is drained; waits are passed over by moving the clock."""
    with _app(url, TESTING=True, **config) as setup:
        setup.drain = lambda: drain(setup.app, retries=True)
        yield setup


@contextmanager
def background(url: str, *, broker: str = "memory://", log: Callable[[], str] = str, **config: Any) -> Iterator[Setup]:
    """An app whose tasks are worked on by others: its embedded worker, or processes on the same broker."""
    with _app(url, TASKER_BROKER_URL=broker, **config) as setup:
        setup.log = log
        try:
            if setup.state.embedded is not None:
                setup.state.embedded.ensure()
            yield setup
        finally:
            if setup.state.embedded is not None:
                setup.state.embedded.stop()


@contextmanager
def _app(url: str, **config: Any) -> Iterator[Setup]:
    app = create_app(SQLALCHEMY_DATABASE_URI=url, **config)
    engine = sa.create_engine(url)
    setup = Setup(app, engine)
    with app.app_context():
        db.create_all()
    try:
        yield setup
    finally:
        if setup.state.dispatch is not None:
            setup.state.dispatch.broker.close()
        setup.runtime.database.engine.dispose()
        with app.app_context():
            db.engine.dispose()
        engine.dispose()
