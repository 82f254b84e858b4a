"""The API over HTTP, in front of a million tasks: one client, then eight at once."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import httpx

from benchmarks.databases import environment
from benchmarks.lock import alone
from benchmarks.long_history import LongHistory
from benchmarks.options import ROOT
from benchmarks.servers import Servers
from benchmarks.timing import percentile
from tests.servers.ports import free_port

CLIENTS: Final = 8
REQUESTS: Final = 100
TRIES: Final = 100
NUMBERS: Final = itertools.count()
Call = Callable[[httpx.Client], httpx.Response]


def measure_rest(servers: Servers, history: LongHistory) -> dict[str, Any]:
    """Median at one client and 95th percentile at eight, in milliseconds."""
    with served(history.url, servers.redis) as base, alone():
        return {"tasks": history.tasks, **{name: figures(base, call) for name, call in calls(history.shown).items()}}


def calls(shown: int) -> dict[str, Call]:
    """What is asked for."""
    return {
        "list": lambda client: client.get("/tasks?limit=20"),
        "list_newest": lambda client: client.get("/tasks?limit=20&sort_by=task_id&sort_order=desc"),
        "show": lambda client: client.get(f"/tasks/{shown}"),
        "create": lambda client: client.post(
            "/tasks", json={"task": {"name": "W1", "context": {"rest": next(NUMBERS)}, "initiator": "rest"}}
        ),
    }


def figures(base: str, call: Call) -> dict[str, float]:
    """Of one kind of request."""
    alone_times = times(base, call)
    with ThreadPoolExecutor(CLIENTS) as clients:
        together = [found for row in clients.map(lambda _: times(base, call), range(CLIENTS)) for found in row]
    return {
        "p50_ms_1_client": round(percentile(alone_times, 0.5), 2),
        "p95_ms_1_client": round(percentile(alone_times, 0.95), 2),
        f"p95_ms_{CLIENTS}_clients": round(percentile(sorted(together), 0.95), 2),
    }


def times(base: str, call: Call) -> Sequence[float]:
    """Milliseconds of each of so many requests on one connection, in order."""
    found = []
    with httpx.Client(base_url=base) as client:
        call(client).raise_for_status()
        for _ in range(REQUESTS):
            began = time.perf_counter()
            call(client).raise_for_status()
            found.append(1e3 * (time.perf_counter() - began))
    return sorted(found)


@contextmanager
def served(url: str, broker: str) -> Iterator[str]:
    """Serve the app by gunicorn: two processes of four threads."""
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    command = [sys.executable, "-m", "gunicorn", *options, "benchmarks.shop:create_app()"]
    process = subprocess.Popen(command, env=dict(environment(url, broker)), cwd=ROOT)
    base = f"http://127.0.0.1:{port}/tasker"
    try:
        wait_for(base)
        yield base
    finally:
        process.terminate()
        process.wait()


def wait_for(base: str) -> None:
    """Until it answers."""
    for _ in range(TRIES):
        try:
            httpx.get(f"{base}/tasks?limit=1")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{base} does not answer")
