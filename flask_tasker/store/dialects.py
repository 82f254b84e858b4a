"""What only one of the databases can do."""

from __future__ import annotations

import sqlalchemy as sa


def can_prepare(engine: sa.Engine) -> bool:
    """Whether the hot path's prepared statements (``store/grouped``) run on ``engine``."""
    return engine.dialect.name == "postgresql"
