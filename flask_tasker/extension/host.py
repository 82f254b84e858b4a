"""The host's SQLAlchemy: its engine, and our tables in its metadata."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.globals import app_ctx

from ..config import Settings
from ..errors import ConfigurationError
from ..models import Base
from .binding import find_models_in_bind


def sqlalchemy_of(app: Flask) -> Any:
    """The app's Flask-SQLAlchemy.

    Raises:
        ConfigurationError: it has none; the message names the fix.
    """
    db = app.extensions.get("sqlalchemy")
    if db is None:
        raise ConfigurationError(
            "flask_tasker keeps its tables in the app's database, and the app has no SQLAlchemy: make one with "
            "db = SQLAlchemy(app), or call db.init_app(app), before or after Tasker is set up"
        )
    return db


def host_engine(app: Flask, settings: Settings) -> sa.Engine:
    """The host's engine for the tables; needs an app context.

    Raises:
        ConfigurationError: ``TASKER_BIND_KEY`` names no bind.
    """
    engines: dict[str | None, sa.Engine] = sqlalchemy_of(app).engines
    if settings.bind_key not in engines:
        raise ConfigurationError(
            f"TASKER_BIND_KEY is {settings.bind_key!r}, which is not among the app's databases: "
            f"{sorted(map(str, engines))}; name one of SQLALCHEMY_BINDS"
        )
    return engines[settings.bind_key]


@contextmanager
def app_context_of(app: Flask) -> Iterator[None]:
    """An app context that is not left behind where a receiver of ``appcontext_pushed`` raises.

    Flask has pushed it by then: it would be the app of everything that this thread does from there on.
    """
    context = app.app_context()
    try:
        with context:
            yield
    finally:
        if app_ctx and app_ctx._get_current_object() is context:  # type: ignore[attr-defined]
            context.pop()


def copy_tables(app: Flask, settings: Settings, *, dropped: Callable[[], None]) -> None:
    """Copy each table that is absent into the host's metadata; ``dropped``, a method, is called once they are dropped.

    So the host's foreign keys, ``create_all`` and ``flask db check`` know them.
    """
    db = sqlalchemy_of(app)
    metadata: sa.MetaData | None = db.metadatas.get(settings.bind_key)
    if metadata is None:
        metadata = db.metadatas[settings.bind_key] = sa.MetaData(info={"bind_key": settings.bind_key})
    for table in Base.metadata.sorted_tables:
        if table.name not in metadata.tables:
            table.to_metadata(metadata)
    _listen_for_drop(metadata.tables["tasker_named_tasks"], weakref.WeakMethod(dropped))
    if settings.bind_key is not None:
        find_models_in_bind()


def _listen_for_drop(table: sa.Table, reference: weakref.WeakMethod[Callable[[], None]]) -> None:
    def on_drop(*_args: object, **_options: object) -> None:
        # The metadata outlives the apps that an app factory makes: it must not keep them.
        dropped = reference()
        if dropped is not None:
            dropped()

    sa.event.listen(table, "after_drop", on_drop)
