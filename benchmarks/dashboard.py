"""The pages for people in front of a million tasks: how long the server takes to make one, for a task and for lists."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient

from benchmarks.history import run_script
from benchmarks.lists import lists
from benchmarks.lock import alone
from benchmarks.long_history import LongHistory
from benchmarks.timing import percentile
from flask_tasker.engine import drain
from flask_tasker.web.dashboard.overview_page import current

UI: Final = "/tasker/ui"
LOOKS: Final = 20
PATIENCE: Final = 10.0
"""Seconds after which one page is not asked for again: it is too slow, and we know it."""
VARIETY: Final = Path(__file__).parent / "sql" / "variety.sql"

Look = Callable[[], int]
"""One look at a page: the status of the answer."""


def measure_dashboard(history: LongHistory) -> dict[str, Any]:
    """Median and 95th percentile of each page in milliseconds, by the app's test client: no network, no server."""
    finished, frozen, running = (_tasks(history, name) for name in ("mesh_200", "mesh_200", "mesh_200_stuck"))
    drain(history.client.app.extensions["tasker"].runtime)
    run_script(history.url, VARIETY)
    client = history.client.app.test_client()
    with alone():
        pages = {
            **dict(_task_pages(client, "finished", finished)),
            **dict(_frozen(_task_pages(client, "finished, frozen", frozen))),
            **dict(_task_pages(client, "running", running)),
            **dict(_overviews(client)),
            **dict(_lists(client, history)),
        }
    return {"tasks": history.tasks, "pages": pages}


def _tasks(history: LongHistory, name: str) -> list[int]:
    """One for each first look, and one to warm up."""
    return history.client.burst(name, LOOKS + 1)


def _task_pages(client: FlaskClient, state: str, task_ids: Sequence[int]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each of the tasks for the first time, which no cache knows of; then one of them again and again."""
    first, *others = task_ids
    _looker(client, f"/tasks/{first}")()
    yield f"task of 200 steps, {state}, first look", _figures([_looker(client, f"/tasks/{one}") for one in others])
    yield f"task of 200 steps, {state}, again", _figures([_looker(client, f"/tasks/{first}")] * LOOKS)
    yield f"task of 200 steps, {state}, followed", _figures([_looker(client, f"/tasks/{first}/live")] * LOOKS)


def _frozen(pages: Iterator[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The same in a process that leaves what it has imported out of the collector's work, as the docs advise."""
    gc.collect()
    gc.freeze()
    try:
        yield from pages
    finally:
        gc.unfreeze()


def _overviews(client: FlaskClient) -> Iterator[tuple[str, Mapping[str, Any]]]:
    look = _looker(client, "/")

    def afresh() -> int:
        current.forget()
        return look()

    afresh()
    yield "overview, first look", _figures([afresh] * LOOKS)
    yield "overview, again", _figures([look] * LOOKS)


def _lists(client: FlaskClient, history: LongHistory) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, wanted in lists(history).items():
        look = _looker(client, "/tasks", query_string=wanted.query, headers=wanted.headers)
        look()
        yield f"list: {name}", _figures([look] * LOOKS)


def _looker(client: FlaskClient, path: str, **options: Any) -> Look:
    return lambda: client.get(f"{UI}{path}", **options).status_code


def _figures(looks: Sequence[Look]) -> dict[str, Any]:
    """Of these looks, or of as many as there is patience for; with the app's CPU for one, and the worst answer."""
    times, answers = [], []
    give_up, used = time.monotonic() + PATIENCE, time.process_time()
    for look in looks:
        began = time.perf_counter()
        answers.append(look())
        times.append(1e3 * (time.perf_counter() - began))
        if time.monotonic() > give_up:
            break
    used = time.process_time() - used
    times.sort()
    return {
        "p50_ms": round(percentile(times, 0.5), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "cpu_ms": round(1e3 * used / len(times), 1),
        "looks": len(times),
        "answer": max(answers),
    }
