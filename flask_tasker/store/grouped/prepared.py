"""Statements that PostgreSQL parses and plans once for each connection, and then knows by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from ..database import code_of

# SQLAlchemy leaves it untyped.
_dialect: Final[Any] = postgresql.dialect
_PREPARED: Final = "flask_tasker.prepared"
UNKNOWN_STATEMENT: Final = "26000"
PREPARES_BY_ITSELF: Final = ("psycopg",)


@dataclass(frozen=True)
class Prepared:
    """A statement and the name that it is prepared under; its parameters are cast where they stand in it."""

    name: str
    statement: sa.Select[Any]

    @cached_property
    def _compiled(self) -> Any:
        # A parameter that stands in several places is sent once.
        return self.statement.compile(dialect=_dialect(paramstyle="numeric_dollar"))

    @property
    def text(self) -> str:
        """The statement as PostgreSQL gets it."""
        text: str = self._compiled.string
        return text

    @cached_property
    def _plain(self) -> Any:
        return self.statement.compile(dialect=_dialect(paramstyle="format"))

    @cached_property
    def _call(self) -> str:
        marks = ", ".join(["%s"] * len(self._compiled.positiontup))
        return f"EXECUTE {self.name}({marks})"

    def run(self, connection: sa.Connection, parameters: Mapping[str, Any]) -> Sequence[sa.Row[Any]]:
        """Run it with ``parameters``, and give back its rows as the driver reads them."""
        if connection.dialect.driver in PREPARES_BY_ITSELF:
            given = {**self._plain.params, **parameters}
            values = tuple(given[name] for name in self._plain.positiontup)
            return connection.exec_driver_sql(self._plain.string, values).all()
        known: set[str] = connection.info.setdefault(_PREPARED, set())
        if self.name not in known:
            connection.exec_driver_sql(f"PREPARE {self.name} AS {self.text}".replace("%", "%%"))
            known.add(self.name)
        given = {**self._compiled.params, **parameters}
        values = tuple(given[name] for name in self._compiled.positiontup)
        try:
            return connection.exec_driver_sql(self._call, values).all()
        except DBAPIError as error:
            if code_of(error) == UNKNOWN_STATEMENT:
                # Somebody has thrown them away on this connection: DISCARD ALL, or a pooler.
                connection.info.pop(_PREPARED, None)
            raise
