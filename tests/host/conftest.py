"""The host app on each database."""

from collections.abc import Iterator

import pytest

from tests.host.databases import (
    postgres_tables,
    postgres_with_tables,
    sqlite_tables,
    sqlite_template,
    tables_url,
)
from tests.host.shop import Shop, shop_on

__all__ = ["postgres_tables", "postgres_with_tables", "sqlite_tables", "sqlite_template", "tables_url"]


@pytest.fixture
def shop(tables_url: str) -> Iterator[Shop]:
    """The shop under TESTING, its messages recorded, inside its app context."""
    with shop_on(tables_url) as shop:
        yield shop
