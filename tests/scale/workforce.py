"""Many workers in one process, each with a name of its own in the register, as so many processes have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from typing import Any

from flask_tasker.engine import Runtime, Worker
from flask_tasker.engine.holdings import Holdings


@dataclass(frozen=True, kw_only=True)
class NamedRuntime(Runtime):
    """The engine of one worker among many in this process."""

    name: str

    @property
    def worker(self) -> str:
        """The name in leases, history and register."""
        return self.name


def process_of(runtime: Runtime, name: str, **changed: Any) -> NamedRuntime:
    """The engine of another process on the same database."""
    shared = {field.name: getattr(runtime, field.name) for field in fields(Runtime)}
    return NamedRuntime(**{**shared, "holdings": Holdings(), **changed, "name": name})


@contextmanager
def workforce(
    runtime: Runtime, count: int, *, threads: int = 1, runtime_of: Callable[[Runtime, str], Runtime] = process_of
) -> Iterator[list[Worker]]:
    """So many workers at work until the block ends."""
    with ExitStack() as stack:
        workers = [Worker(runtime_of(runtime, f"worker-{number}"), threads=threads) for number in range(count)]
        for worker in workers:
            worker.start()
            stack.callback(worker.stop)
        yield workers
