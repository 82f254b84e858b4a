"""Whether the processes that live still do their work: one whose threads have died must not hide behind the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from flask_tasker.models import Worker
from flask_tasker.store.clock import DatabaseClock

TOLERANCE_SECONDS: Final = 5.0


def silent_workers(engine: sa.Engine, pids: Collection[int]) -> list[str]:
    """Those of the processes that have not signed the register as they should have."""
    living = sa.select(Worker.name).where(Worker.expected_by > DatabaseClock().after(-TOLERANCE_SECONDS))
    with engine.connect() as connection:
        names = connection.scalars(living).all()
    # A worker is called host:pid:random.
    seen = {int(name.rsplit(":", 2)[1]) for name in names}
    return [f"the worker process {pid} lives and gives no sign of life" for pid in pids if pid not in seen]
