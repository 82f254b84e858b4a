"""A broker, and a database, that is away for long: workers live on, lose nothing, leak nothing, and say so briefly."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.behaviour.by_hand import nothing
from tests.behaviour.harness import Fleet, Setup, assert_sound, background, eventually, running_fleet
from tests.scale.lifelines import complaints_in, connections_to, for_a_while, threads_of
from tests.servers import PostgresServer, RedisServer, fresh_database, running_postgres, running_redis

SECONDS: Final = float(os.environ.get("TASKER_TEST_OUTAGE_SECONDS", "4"))
QUICK: Final[dict[str, Any]] = {"TASKER_SWEEP_SECONDS": 0.2}
POOLS: Final = 2
"""The engine's two pools may each have made a connection more than before; what leaks is one for every try."""
HANDFUL: Final = 8
TASKS: Final = 20
THREADS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Site:
    """An app, its worker process, and the servers that both are on."""

    url: str
    setup: Setup
    fleet: Fleet
    postgres: PostgresServer
    redis: RedisServer

    @property
    def worker(self) -> int:
        """The worker's process."""
        return self.fleet.worker_pids[0]

    def reconnect(self) -> None:
        """Forget the connections of this process, which the outage has broken; the worker's are its own matter."""
        for engine in (self.setup.engine, self.setup.runtime.database.engine, self.setup.runtime.host_engine):
            engine.dispose()

    def at_rest(self, folder: Path) -> tuple[int, int]:
        """Threads of the worker, and connections to the database, once all those that it may have were needed."""
        gate = folder / f"gate-{uuid.uuid4().hex}"
        marks = [gate.with_name(f"{gate.name}-{number}") for number in range(THREADS)]
        # No message tells of these: the idle worker's own threads, which start when they are needed, find them.
        found = [
            self.setup.start_by_hand("single", nothing, {"marks": {"only": str(mark)}, "gates": {"only": str(gate)}})
            for mark in marks
        ]
        eventually(lambda: all(mark.exists() for mark in marks), what=self.setup.log)
        gate.touch()
        for task_id in [*found, *(self.setup.start("linear") for _ in range(TASKS))]:
            assert_sound(self.setup.finish(task_id))
        return threads_of(self.worker), connections_to(self.url)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Servers of the test's own, to be stopped."""
    with running_postgres() as postgres, running_redis() as redis, fresh_database(postgres.url) as url:
        log = tmp_path / "worker.log"
        settings = {"TASKER_BROKER_URL": redis.url, **QUICK}
        with (
            background(url, broker=redis.url, log=log.read_text, **QUICK) as setup,
            running_fleet(log, {"SQLALCHEMY_DATABASE_URI": url, **settings}, processes=1, threads=THREADS) as fleet,
        ):
            yield Site(url=url, setup=setup, fleet=fleet, postgres=postgres, redis=redis)


@pytest.mark.slow
def test_tasks_are_started_and_finished_while_the_broker_is_away_for_long(site: Site, tmp_path: Path) -> None:
    before, said = site.at_rest(tmp_path), len(site.fleet.said)

    site.redis.kill()
    for task_id in [site.setup.start("linear") for _ in range(TASKS)]:
        assert site.setup.finish(task_id).status == "complete"
    for_a_while(SECONDS)
    site.redis.restart()
    after = site.at_rest(tmp_path)

    complaints = complaints_in(site.fleet.said[said:])
    print(before, after, len(complaints), len(site.fleet.said[said:].splitlines()), *sorted(set(complaints)), sep="\n")
    # Dramatiq's own, of two consumers that try again every three seconds.
    assert len([line for line in complaints if not line.startswith("Consumer ")]) <= HANDFUL
    assert len(complaints) <= HANDFUL + 2 * (SECONDS + 10) / 3
    assert site.fleet.living == [site.worker]
    assert after[0] == before[0]
    assert after[1] <= before[1] + POOLS


@pytest.mark.slow
def test_a_step_that_runs_while_the_database_is_away_for_long_is_recorded_once_it_is_back(
    site: Site, tmp_path: Path
) -> None:
    before, said = site.at_rest(tmp_path), len(site.fleet.said)
    mark, gate = tmp_path / "mark", tmp_path / "gate"
    waiting = site.setup.start("single", {"marks": {"only": str(mark)}, "gates": {"only": str(gate)}})
    eventually(mark.exists, what=site.setup.log)

    site.postgres.stop("fast")
    gate.touch()
    for_a_while(SECONDS)
    site.postgres.start()
    site.reconnect()
    task = site.setup.finish(waiting)
    after = site.at_rest(tmp_path)

    complaints = complaints_in(site.fleet.said[said:])
    print(before, after, len(complaints), len(site.fleet.said[said:].splitlines()), *sorted(set(complaints)), sep="\n")
    assert len(complaints) <= HANDFUL
    assert site.fleet.living == [site.worker]
    assert task.status == "complete"
    assert task["only"].attempts == 1
    assert_sound(task)
    assert after[0] == before[0]
    assert after[1] <= before[1] + POOLS
