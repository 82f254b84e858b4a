"""Moving a task on without running any of its steps here."""

from __future__ import annotations

from .advance import Advancer
from .claiming import lease_for
from .runtime import Runtime


def bystander(runtime: Runtime, task_id: int) -> Advancer:
    """How sweeps and operators move a task on: they mark what is ready and settle, and claim nothing."""
    return Advancer(
        clock=runtime.database.clock,
        task_id=task_id,
        actor=runtime.worker,
        lease=lambda: lease_for(runtime),
        may_run=lambda _name: False,
    )
