"""The stage on each database."""

from collections.abc import Iterator

import pytest

from tests.concurrency.stage import Stage, stage_on
from tests.host.databases import (
    postgres_tables,
    postgres_with_tables,
    sqlite_tables,
    sqlite_template,
    tables_url,
)

__all__ = ["postgres_tables", "postgres_with_tables", "sqlite_tables", "sqlite_template", "tables_url"]


@pytest.fixture
def stage(tables_url: str) -> Iterator[Stage]:
    """An app whose handlers meet at a barrier."""
    with stage_on(tables_url) as stage:
        yield stage
