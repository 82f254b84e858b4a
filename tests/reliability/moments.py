"""Times that several tests use."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_tasker import Backoff
from tests.reliability.lab import Lab

AT_ONCE: Final = Backoff(base=timedelta(0))
"""No wait before another attempt."""


def end_leases(lab: Lab) -> None:
    """Let every lease have ended long ago, as if its worker had been paused."""
    past = "'2001-01-01 00:00:00.000'" if lab.runtime.database.is_sqlite else "'2001-01-01 00:00:00+00'"
    lab.execute(f"UPDATE tasker_workflow_steps SET leased_until = {past} WHERE leased_until IS NOT NULL")


def steal_lease(lab: Lab, step_id: int) -> None:
    """Give a step's lease to another worker, as its claim after the end of the lease would."""
    token = "0" * 32 if lab.runtime.database.is_sqlite else "00000000-0000-0000-0000-000000000000"
    lab.execute(
        "UPDATE tasker_workflow_steps SET lease_token = :token, leased_by = 'another' WHERE workflow_step_id = :step",
        token=token,
        step=step_id,
    )
