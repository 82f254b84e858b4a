"""What the monkey can do to a PostgreSQL, a Redis, and the workers between them."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from redis.exceptions import RedisError

from flask_tasker.lifecycle import Dispatcher, StepMessage, StepRef
from flask_tasker.models import NamedTask, Task, WorkflowStep
from flask_tasker.store.clock import DatabaseClock
from tests.servers import PostgresServer, RedisServer
from tests.torture.fleet import Fleet
from tests.torture.monkey import FollowUp, Mischief, NotNowError
from tests.torture.tally import Tally

PAUSE_IN_LEASES: Final = (1.6, 2.5)
"""Long enough that, when it ends, another worker is in the middle of the same step, if that is a slow one."""

SECONDS_OF_A_SLOW_STEP: Final = 0.6
TASKS_TOLD_OF: Final = 40
RESENT: Final = "messages sent again, twice each"

DROP_ALL: Final = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True, kw_only=True)
class ProcessMischief:
    """What can be done to the processes. ``pauses`` is how many of them a run of 300 s has."""

    fleet: Fleet
    engine: sa.Engine
    lease_seconds: float
    pauses: int = 40

    def all(self) -> list[Mischief]:
        """Every kind."""
        return [
            Mischief(
                name="SIGSTOP of a worker past its lease, then SIGCONT", times=self.pauses, at_least=10, act=self.pause
            ),
            Mischief(name="SIGTERM of a worker, as a deploy does", times=10, at_least=5, act=self.deploy),
        ]

    def pause(self, chance: random.Random) -> FollowUp:
        """Stop a worker in the middle of a slow step, for longer than its lease: another begins the step again."""
        busy = self._with_slow_steps()
        life = self.fleet.pick(chance, among=busy) if busy else None
        if life is None:
            raise NotNowError
        life.pause()
        return chance.uniform(*PAUSE_IN_LEASES) * self.lease_seconds, life.resume

    def _with_slow_steps(self) -> list[int]:
        """The processes in which a step has been running for a while that no timeout will end; the longest first."""
        since = WorkflowStep.last_attempted_at
        slow = (
            sa.select(WorkflowStep.leased_by)
            .where(WorkflowStep.leased_until.is_not(None), WorkflowStep.timeout_seconds.is_(None))
            .where(since < DatabaseClock().after(-SECONDS_OF_A_SLOW_STEP))
            .order_by(since)
        )
        try:
            with self.engine.connect() as connection:
                names = connection.scalars(slow).all()
        except sa.exc.DBAPIError as error:
            raise NotNowError from error
        # A worker is called host:pid:random.
        return [int(name.rsplit(":", 2)[1]) for name in names if name is not None]

    def deploy(self, chance: random.Random) -> None:
        """Ask a worker to stop; another takes its place."""
        life = self.fleet.pick(chance)
        if life is None:
            raise NotNowError
        life.send(signal.SIGTERM)


@dataclass(frozen=True, kw_only=True)
class ServerMischief:
    """What can be done to the servers. ``engine`` keeps no connection that the restarts could break."""

    postgres: PostgresServer
    redis: RedisServer
    engine: sa.Engine

    def all(self) -> list[Mischief]:
        """Every kind."""
        return [
            Mischief(name="Redis flushed", times=10, at_least=5, act=_without_chance(self.redis.flush)),
            Mischief(name="Redis killed and started again, empty", times=6, at_least=3, act=self.restart_redis),
            Mischief(name="PostgreSQL restarted, fast", times=5, at_least=3, act=self.restart_fast),
            Mischief(name="PostgreSQL restarted, immediate", times=5, at_least=3, act=self.restart_immediate),
            Mischief(name="every database connection dropped", times=30, at_least=5, act=self.drop_connections),
        ]

    def restart_redis(self, _chance: random.Random) -> None:
        """Kill it and start it again, on the same port."""
        self.redis.restart()

    def restart_fast(self, _chance: random.Random) -> None:
        """Break every transaction off."""
        self.postgres.restart("fast")

    def restart_immediate(self, _chance: random.Random) -> None:
        """Crash it."""
        self.postgres.restart("immediate")

    def drop_connections(self, _chance: random.Random) -> None:
        """End every connection but the own one."""
        with self.engine.connect() as connection:
            connection.execute(DROP_ALL)


@dataclass(frozen=True, kw_only=True)
class MessageMischief:
    """Messages sent again: of steps that are ready, that run, and that ended long ago."""

    dispatcher: Dispatcher
    engine: sa.Engine
    tally: Tally

    def all(self) -> list[Mischief]:
        """Every kind."""
        return [Mischief(name="bursts of messages sent again", times=100, at_least=50, act=self.send_again)]

    def send_again(self, chance: random.Random) -> None:
        """Send messages of steps taken at random, twice; some of several steps."""
        messages = self._messages(chance)
        try:
            self.dispatcher.send([*messages, *messages])
        except (RedisError, OSError) as error:
            raise NotNowError from error
        self.tally.add(RESENT, len(messages))

    def _messages(self, chance: random.Random) -> list[StepMessage]:
        try:
            rows = self._some_steps(chance)
        except sa.exc.DBAPIError as error:
            raise NotNowError from error
        handlers = {row.task_id: (row.namespace, row.kind, row.version) for row in rows}
        steps: dict[int, list[StepRef]] = {}
        for row in rows:
            steps.setdefault(row.task_id, []).append(StepRef(row.workflow_step_id, row.name))
        return [
            StepMessage(task_id=task_id, handler=handlers[task_id], steps=tuple(chance.sample(refs, size)))
            for task_id, refs in steps.items()
            for size in {1, chance.randint(1, len(refs))}
        ]

    def _some_steps(self, chance: random.Random) -> Sequence[Any]:
        with self.engine.connect() as connection:
            last = connection.scalar(sa.select(sa.func.max(Task.task_id))) or 0
            # Half of them of the latest tasks, which are still at work; the others from any time.
            wanted = {max(1, last - chance.randint(0, 20)) for _ in range(TASKS_TOLD_OF // 2)}
            wanted |= {chance.randint(1, max(1, last)) for _ in range(TASKS_TOLD_OF // 2)}
            query = (
                sa.select(WorkflowStep.task_id, WorkflowStep.workflow_step_id, WorkflowStep.name)
                .add_columns(NamedTask.namespace, NamedTask.name.label("kind"), NamedTask.version)
                .join(Task, Task.task_id == WorkflowStep.task_id)
                .join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
                .where(WorkflowStep.task_id.in_(sorted(wanted)))
            )
            return connection.execute(query).all()


def _without_chance(action: Callable[[], None]) -> Callable[[random.Random], None]:
    return lambda _chance: action()
