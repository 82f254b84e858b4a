"""The application factory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from . import models  # noqa: F401 - the tables must be known before migrations are compared with them
from .commands import seed_command
from .extensions import db, migrate, outside, tasker
from .routes import customers, orders
from .secret import secret_key_in

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Make the shop.

    Settings come from ``FLASK_``-prefixed environment variables (``FLASK_SQLALCHEMY_DATABASE_URI``,
    ``FLASK_TASKER_BROKER_URL``, ``FLASK_OUTSIDE_URL``); ``config`` wins over them. Without any the shop keeps its data
    in a SQLite file in the instance folder, and its steps run in this process.
    """
    app = Flask("example_app")
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{Path(app.instance_path) / 'shop.sqlite'}",
        TASKER_HANDLERS="example_app.handlers",
        OUTSIDE_URL="http://127.0.0.1:5055",
        OUTSIDE_TIMEOUT=2.0,
    )
    app.config.from_prefixed_env()
    app.config.update(config or {})
    _wait_for_other_writers(app)
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    if app.secret_key is None:
        app.secret_key = secret_key_in(Path(app.instance_path))
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    tasker.init_app(app)
    outside.init_app(app)
    app.register_blueprint(orders)
    app.register_blueprint(customers)
    app.cli.add_command(seed_command)
    return app


def _wait_for_other_writers(app: Flask) -> None:
    # SQLite has one writer at a time; five seconds, its default, is short beside several busy threads.
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"connect_args": {"timeout": 30}})
