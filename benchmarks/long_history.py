"""A database with a long history, filled once for all parts of a run that only read in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from benchmarks.client import Client
from benchmarks.databases import fresh_postgresql
from benchmarks.history import fill
from benchmarks.servers import Servers

NAME: Final = "tasker_bench_history"
OLD: Final = 30
"""Tasks of another name that are older than all others: a list of them alone is the furthest to go."""


@dataclass(frozen=True, kw_only=True)
class LongHistory:
    """A database, and who starts tasks in it; ``shown`` is one that is older than the ``tasks`` finished ones."""

    url: str
    client: Client
    tasks: int
    shown: int


Filled = Callable[[], LongHistory]


@contextmanager
def long_history(servers: Servers, *, tasks: int) -> Iterator[Filled]:
    """What fills it when it is first asked for, and has it from then on; it is dropped in the end."""
    with ExitStack() as stack:
        yield cache(lambda: _filled(servers, tasks, stack))


def _filled(servers: Servers, tasks: int, stack: ExitStack) -> LongHistory:
    url = stack.enter_context(fresh_postgresql(servers, NAME))
    client = Client(url, servers.redis)
    shown = client.start("W1")
    client.burst("W2", OLD)
    fill(url, tasks)
    return LongHistory(url=url, client=client, tasks=tasks, shown=shown)
