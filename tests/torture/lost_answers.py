"""Commits that succeed, and whose answer does not arrive: the connection breaks in between."""

from __future__ import annotations

import logging
import random
from typing import Any, Final

import psycopg2
import sqlalchemy as sa

logger = logging.getLogger(__name__)

LOST: Final = "torture: the answer to a commit was lost"


def lose_answers_to_statements(engine: sa.Engine, share: float) -> None:
    """Lose this share of the answers to prepared statements that are each a transaction of its own."""

    @sa.event.listens_for(engine, "after_cursor_execute")
    def _maybe_break(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("EXECUTE ") and random.random() < share:
            connection.connection.dbapi_connection.close()
            logger.warning(LOST)
            raise psycopg2.OperationalError("server closed the connection unexpectedly")


def lose_answers(engine: sa.Engine, share: float) -> None:
    """Lose this share of the answers to commits on a PostgreSQL engine, and log a line for each."""
    commit = engine.dialect.do_commit

    def commit_and_maybe_break(connection: Any) -> None:
        commit(connection)
        if random.random() < share:
            connection.close()
            logger.warning(LOST)
            raise psycopg2.OperationalError("server closed the connection unexpectedly")

    # The dialect is this engine's own: no other is touched.
    engine.dialect.do_commit = commit_and_maybe_break  # type: ignore[assignment, method-assign]
