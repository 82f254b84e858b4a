"""Leases that end are noticed soon: half of them within one sweep, and 99 in 100 within five."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from statistics import median, quantiles
from typing import Final

import pytest
import sqlalchemy as sa

from tests.behaviour.by_hand import leased, steps_as
from tests.behaviour.harness import Fleet, Setup, eventually
from tests.behaviour.tries import once_in_three
from tests.dispatch.conftest import FleetStarter
from tests.scale.crowds import multiply

SWEEP_SECONDS: Final = 0.5
"""A quarter of the default, with which the bounds are a second, and five."""
WORKERS: Final = 4
LEASES: Final = 200
FAR: Final = sa.text("SELECT clock_timestamp() + interval '1 hour'")
SPREAD: Final = sa.text(
    "UPDATE tasker_workflow_steps "
    "SET lease_token = gen_random_uuid(), leased_until = clock_timestamp() + random() * interval '20 seconds' "
    "WHERE leased_until > clock_timestamp() + interval '30 minutes' RETURNING workflow_step_id, leased_until"
)
NOTICED: Final = sa.text(
    "SELECT workflow_step_id, created_at FROM tasker_workflow_step_transitions "
    "WHERE from_status = 'in_progress' AND actor <> 'by hand'"
)


@pytest.fixture(scope="module")
def sweepers(start_fleet: FleetStarter) -> Iterator[tuple[Setup, Fleet]]:
    """Worker processes that have learnt how many they are."""
    with start_fleet(processes=WORKERS, TASKER_SWEEP_SECONDS=SWEEP_SECONDS) as (setup, fleet):
        eventually(lambda: signs_of_life(setup) == WORKERS)
        yield setup, fleet


def signs_of_life(setup: Setup) -> int:
    """How many workers are on the register."""
    with setup.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM tasker_workers")).scalar_one())


def delays(setup: Setup) -> list[float]:
    """Let so many leases end, at moments of their own; in how many seconds each end was written to the history."""
    with setup.engine.connect() as connection:
        far = connection.execute(FAR).scalar_one()
    multiply(setup.engine, setup.start_by_hand("single", steps_as(only=leased(attempts=3, until=far))), copies=LEASES)
    with setup.engine.begin() as connection:
        ends = {row.workflow_step_id: row.leased_until for row in connection.execute(SPREAD)}
    eventually(lambda: ends.keys() <= noticed(setup).keys())
    at = noticed(setup)
    return [(at[step_id] - end).total_seconds() for step_id, end in ends.items()]


def noticed(setup: Setup) -> dict[int, datetime]:
    """When the end of each step's lease was written to the history."""
    with setup.engine.connect() as connection:
        return {row.workflow_step_id: row.created_at for row in connection.execute(NOTICED)}


def are_noticed_soon(waits: list[float]) -> bool:
    """The promise: a second at the median and five in 99 of 100, at a sweep of a second; never before the end."""
    assert len(waits) > LEASES
    assert min(waits) >= 0
    print(median(waits) / SWEEP_SECONDS, quantiles(waits, n=100)[98] / SWEEP_SECONDS, max(waits) / SWEEP_SECONDS)
    return median(waits) <= 1 * SWEEP_SECONDS and quantiles(waits, n=100)[98] <= 5 * SWEEP_SECONDS


@pytest.mark.slow
@pytest.mark.alone
def test_leases_that_end_are_noticed_by_four_workers_within_a_sweep_and_at_most_five(
    sweepers: tuple[Setup, Fleet],
) -> None:
    setup, _fleet = sweepers
    assert once_in_three(lambda: are_noticed_soon(delays(setup)))


@pytest.mark.slow
@pytest.mark.alone
def test_leases_that_end_while_one_of_four_workers_is_paused_are_noticed_as_soon(
    sweepers: tuple[Setup, Fleet],
) -> None:
    setup, fleet = sweepers
    paused = fleet.living[0]

    def are_noticed_by_the_others() -> bool:
        # After another try, which may have taken it off the register: the others must reckon with it.
        eventually(lambda: signs_of_life(setup) == WORKERS)
        os.kill(paused, signal.SIGSTOP)
        try:
            waits = delays(setup)
        finally:
            os.kill(paused, signal.SIGCONT)
        return are_noticed_soon(waits)

    assert once_in_three(are_noticed_by_the_others)
