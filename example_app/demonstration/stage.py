"""Everything that has to be there before the shop opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from flask_migrate import upgrade

from ..application import create_app
from ..extensions import outside
from ..outside.process import running_service
from ..seed import seed

CLIENT_TIMEOUT = 5.0
"""Longer than a busy machine stands still: only who is slow on purpose answers too late."""
SLOW_SECONDS = 10.0


@contextmanager
def stage(say: Callable[[str], None]) -> Iterator[Flask]:
    """The shop, with its tables, products and history, and the outside systems in a process of their own."""
    with running_service(slow_seconds=SLOW_SECONDS) as address:
        say(f"Payments, courier, tax and mail answer on {address}.")
        app = create_app({"OUTSIDE_URL": address, "OUTSIDE_TIMEOUT": CLIENT_TIMEOUT})
        with app.app_context():
            say(f"Migrating {_shown_database(app)}.")
            upgrade()
            seeded = seed()
        say(f"Added {seeded.products} products and {seeded.sales} sales of earlier years.")
        try:
            yield app
        finally:
            outside.close(app)


def _shown_database(app: Flask) -> str:
    return str(app.extensions["sqlalchemy"].engine.url.render_as_string(hide_password=True))
