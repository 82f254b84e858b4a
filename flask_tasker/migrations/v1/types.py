"""Column types of version 1, on both databases."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

ID: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite counts up only an INTEGER."""

JSON: Final = sa.JSON().with_variant(JSONB(), "postgresql")

MOMENT: Final = sa.TIMESTAMP(timezone=True).with_variant(sa.String(23), "sqlite")
"""SQLite has no type for times: UTC as text of a fixed width, with milliseconds."""
