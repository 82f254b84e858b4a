"""Which statements an engine runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def counted_statements(engine: sa.Engine, *, after_first: Callable[[str], None] | None = None) -> Iterator[list[str]]:
    """Collect the SELECT statements that run meanwhile; call ``after_first`` once the first of them is over."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("SELECT"):
            return
        seen.append(statement)
        if after_first is not None and len(seen) == 1:
            after_first(statement)

    sa.event.listen(engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "after_cursor_execute", note)
