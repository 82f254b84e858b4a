"""Fifty workers with nothing to do: together they ask as often as one would, and never all at once."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
import sqlalchemy as sa

from flask_tasker import HandlerFactory
from tests.behaviour.tries import once_in_three
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab, lab_on
from tests.scale.listening import Heard, listening_to, sweeps_in
from tests.scale.workforce import workforce
from tests.servers.databases import execute

WORKERS: Final = 50
SWEEP_SECONDS: Final = 0.02
SWEEPS: Final = 250
EXPECTED: Final = SWEEPS * SWEEP_SECONDS
WINDOW: Final = 10 * SWEEP_SECONDS
"""In which ten sweeps are to be expected."""
THRONG: Final = 35
"""Far more than chance brings together, and less than all of them."""


@contextmanager
def idle_fleet(url: str) -> Iterator[tuple[Lab, list[Heard]]]:
    """Fifty idle workers that know how many they are, and what they say."""
    with (
        lab_on(url, HandlerFactory(), TASKER_SWEEP_SECONDS=SWEEP_SECONDS) as lab,
        listening_to(lab.runtime.database) as heard,
        workforce(lab.runtime, WORKERS),
    ):
        # The second time, each has seen all others.
        eventually(lambda: len(rounds_of_each(heard)) == WORKERS and min(rounds_of_each(heard).values()) > 1)
        yield lab, heard


def rounds_of_each(heard: list[Heard]) -> Counter[str]:
    """How often each worker has begun a round."""
    return Counter(sweep.parameters["name_1"] for sweep in sweeps_in(heard))


def next_sweeps(heard: list[Heard], count: int) -> list[float]:
    """The moments of the next sweeps."""
    before = len(sweeps_in(heard))
    eventually(lambda: len(sweeps_in(heard)) >= before + count, within=60)
    return [sweep.at for sweep in sweeps_in(heard)[before : before + count]]


@contextmanager
def unreachable(url: str, maintenance_url: str) -> Iterator[None]:
    """The database takes no connections, and ends those that it has, until the block ends."""
    name = sa.make_url(url).database
    execute(maintenance_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        execute(maintenance_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        yield
    finally:
        execute(maintenance_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def next_connects(lab: Lab, count: int) -> list[float]:
    """The moments at which the next connections were tried to be made."""
    tried: list[float] = []

    def note(*_of_the_connection: object) -> None:
        tried.append(time.monotonic())

    # The engine's own pool makes its connections as the host's does.
    dialect = lab.runtime.host_engine.dialect
    sa.event.listen(dialect, "do_connect", note)
    eventually(lambda: len(tried) >= count, within=60)
    sa.event.remove(dialect, "do_connect", note)
    return tried[:count]


def most_within(seconds: float, moments: list[float]) -> int:
    """How many moments there are, at most, within so many seconds."""
    return max(bisect_left(moments, moment + seconds) - place for place, moment in enumerate(moments))


def are_spread(moments: list[float]) -> bool:
    """Whether so many sweeps, or tries of them, took as long as those of one worker, and never came all at once."""
    took, most = moments[-1] - moments[0], most_within(WINDOW, moments)
    print(took / EXPECTED, most)
    return took >= 0.7 * EXPECTED and most <= THRONG


@pytest.mark.slow
def test_a_fleet_of_50_idle_workers_sweeps_as_often_as_one_by_a_statement_each_time(
    postgres_lab_url: str,
) -> None:
    with idle_fleet(postgres_lab_url) as (_lab, heard):

        def sweeps_as_one() -> bool:
            before = len(heard)
            moments = next_sweeps(heard, SWEEPS)
            statements = len(heard) - before
            # One in ten also asks for a page of open tasks, which is not there.
            return are_spread(moments) and moments[-1] - moments[0] <= 1.5 * EXPECTED and statements <= 1.2 * SWEEPS

        assert once_in_three(sweeps_as_one)


@pytest.mark.slow
def test_after_an_outage_of_the_database_the_sweeps_of_50_workers_are_spread_as_before(
    postgres_lab_url: str, postgres_url: str
) -> None:
    with idle_fleet(postgres_lab_url) as (lab, heard):

        def sweeps_as_before() -> bool:
            # An outage for each try: those that it had brought into step would not stay so for long.
            with unreachable(postgres_lab_url, postgres_url):
                tried = next_connects(lab, SWEEPS)
            moments = next_sweeps(heard, SWEEPS)
            return are_spread(tried) and are_spread(moments) and moments[-1] - moments[0] <= 1.5 * EXPECTED

        assert once_in_three(sweeps_as_before)
