"""Whatever happens, in whichever order: the promises hold after every step of it, and every task comes to rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import EngineMachine, RacingMachine
from tests.model.profiles import HEAVY, histories
from tests.model.rules.history import History
from tests.model.world import World, world_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0 if HEAVY else 600)]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of faults are logged, as they should be; nobody reads them here."""
    logger = logging.getLogger("flask_tasker")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


@pytest.fixture
def sqlite_world(tmp_path: Path) -> Iterator[World]:
    """A world on SQLite."""
    with world_on(f"sqlite:///{tmp_path / 'model.sqlite'}") as world:
        yield world


@pytest.fixture
def postgres_world(postgres_database: str) -> Iterator[World]:
    """A world on PostgreSQL."""
    with world_on(postgres_database) as world:
        yield world


def test_every_history_keeps_the_promises_on_sqlite(sqlite_world: World) -> None:
    run(EngineMachine, sqlite_world, histories(80))


def test_every_history_keeps_the_promises_on_postgresql(postgres_world: World) -> None:
    run(EngineMachine, postgres_world, histories(30))


def test_every_history_with_threads_keeps_the_promises_on_postgresql(postgres_world: World) -> None:
    run(RacingMachine, postgres_world, histories(40, replayable=False))


def run(kind: type[History], world: World, how: settings) -> None:
    # Hypothesis takes any maker of machines; its annotation says a class.
    run_state_machine_as_test(cast("type[History]", partial(kind, world)), settings=how)
