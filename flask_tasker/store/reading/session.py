"""Sessions that only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ..database import READ_ONLY


@contextmanager
def reading(engine: sa.Engine) -> Iterator[Session]:
    """A session whose statements all see the database as it was at the first of them; it takes no write lock."""
    options: dict[str, Any] = {READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        # By default each statement there sees what was committed before it, so that a task and its steps could differ.
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection, Session(connection) as session:
        yield session
