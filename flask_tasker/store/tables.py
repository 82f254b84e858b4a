"""The tables behind the models, typed as such."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from ..models import Base


def table_of(model: type[Base]) -> sa.Table:
    """The table of ``model``."""
    return cast("sa.Table", model.__table__)
