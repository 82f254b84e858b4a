"""Counting the statements that the engine runs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from prometheus_client import Counter


def count_statements(engine: sa.Engine, counter: Counter) -> None:
    """Have every statement on ``engine`` counted, those that begin and end transactions left out."""

    def count(*_arguments: Any) -> None:
        counter.inc()

    sa.event.listen(engine, "before_cursor_execute", count)
