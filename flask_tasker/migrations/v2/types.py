"""Column types of version 2, on both databases."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

ID: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

MOMENT: Final = sa.TIMESTAMP(timezone=True).with_variant(sa.String(23), "sqlite")
