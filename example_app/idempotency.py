"""Database writes that may be tried twice and happen once."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite

from .extensions import Model, db


def insert_once(model: type[Model], **values: Any) -> bool:
    """Insert a row unless its key is taken; tell whether this call inserted it. The caller commits."""
    statement = _insert(model).values(**values).on_conflict_do_nothing()
    return _changed(statement) == 1


def upsert(model: type[Model], *, key: str, **values: Any) -> None:
    """Insert a row, or bring the one with this ``key`` up to date. The caller commits."""
    statement = _insert(model).values(**values)
    changes = {name: statement.excluded[name] for name in values if name != key}
    _changed(statement.on_conflict_do_update(index_elements=[key], set_=changes))


def update_if(statement: Any) -> bool:
    """Run an ``UPDATE`` whose ``WHERE`` holds its precondition; tell whether it held. The caller commits."""
    return _changed(statement) == 1


def _insert(model: type[Model]) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(model) if db.engine.dialect.name == "sqlite" else postgresql.insert(model)


def _changed(statement: Any) -> int:
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount
