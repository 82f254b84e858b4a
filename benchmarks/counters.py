"""What everyone took meanwhile: CPU, write transactions, WAL."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
import sqlalchemy as sa
from redis import Redis

WRITTEN = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
"""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """CPU in seconds of each side; write transactions (exact, by the ids that were given out); bytes of WAL."""

    worker_cpu: float = 0.0
    client_cpu: float = 0.0
    postgresql_cpu: float = 0.0
    redis_cpu: float = 0.0
    write_transactions: int = 0
    wal_bytes: int = 0

    def since(self, earlier: Counts) -> Counts:
        """What was added."""
        return Counts(**{name: value - getattr(earlier, name) for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Counters:
    """Where to look."""

    connection: sa.Connection
    workers: Callable[[], Sequence[psutil.Process]] = list
    redis: Redis | None = None

    def read(self) -> Counts:
        """Everything as it stands now."""
        own = os.times()
        counts: dict[str, Any] = {
            "worker_cpu": sum(cpu_of(process) for process in self.workers()),
            "client_cpu": own.user + own.system,
        }
        if self.redis is not None:
            counts["redis_cpu"] = cpu_of(psutil.Process(int(self.redis.info("server")["process_id"])))
        if self.connection.dialect.name == "postgresql":
            transactions, wal = self.connection.exec_driver_sql(WRITTEN).one()
            counts |= {"write_transactions": transactions, "wal_bytes": int(wal)}
            counts["postgresql_cpu"] = self._postgresql_cpu()
        return Counts(**counts)

    def _postgresql_cpu(self) -> float:
        """Of the server's main process and all others under it, those that have ended too."""
        backend = psutil.Process(self.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        server = backend.parent()
        if server is None:
            return 0.0
        ended = server.cpu_times()
        return ended.children_user + ended.children_system + sum(map(cpu_of, [server, *server.children()]))


def cpu_of(process: psutil.Process) -> float:
    """Seconds of CPU; none for a process that has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def memory_of(processes: Sequence[psutil.Process]) -> list[float]:
    """Resident memory of each, in MB."""
    return [round(process.memory_info().rss / 2**20, 1) for process in processes]
