"""Figures of worker processes, as a scraper on another host gets them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.behaviour.eventually import eventually
from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, background, running_fleet, shared_redis
from tests.servers import fresh_database
from tests.servers.ports import free_port
from tests.telemetry.figures import Figures, counted_rows, figure, figures_of

STEPS = (
    "SELECT k.namespace || '/' || k.name || '@' || k.version, s.name,"
    # A step that was thought to be quick took long, and those behind it went to others: they have not failed.
    " CASE WHEN t.from_status = 'in_progress' AND t.to_status IN ('pending', 'error') AND t.error IS NULL"
    " THEN 'given_back' ELSE t.to_status END AS came_to, count(*)"
    " FROM tasker_workflow_step_transitions t"
    " JOIN tasker_workflow_steps s ON s.workflow_step_id = t.workflow_step_id"
    " JOIN tasker_tasks o ON o.task_id = s.task_id JOIN tasker_named_tasks k ON k.named_task_id = o.named_task_id"
    " GROUP BY k.namespace, k.name, k.version, s.name, came_to"
)
ENDS = "SELECT to_status, count(*) FROM tasker_task_transitions GROUP BY to_status"


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def fleet(request: pytest.FixtureRequest, postgres_url: str, tmp_path: Path) -> Iterator[tuple[Setup, int]]:
    """Workers on a database and a Redis of their own that serve their figures; with the port."""
    log, port = tmp_path / "workers.log", free_port()
    with fresh_database(postgres_url) as url, shared_redis() as broker:
        config: Mapping[str, Any] = {"TASKER_QUEUE": f"figures-{uuid.uuid4().hex}", "TASKER_METRICS_TOKEN": "scraper"}
        settings = {"SQLALCHEMY_DATABASE_URI": url, "TASKER_BROKER_URL": broker, **config}
        options = ["--metrics-port", str(port)]
        with (
            background(url, broker=broker, log=log.read_text, **config) as setup,
            running_fleet(log, settings, processes=request.param, options=options),
        ):
            yield setup, port


def scrape(port: int) -> requests.Response:
    """Ask as a scraper does."""
    url = f"http://127.0.0.1:{port}/metrics"
    return requests.get(url, headers={"Authorization": "Bearer scraper"}, timeout=30)


def told_of(found: Figures, task: str, step: str, state: str) -> int:
    """How often a step came to a state."""
    if state == "in_progress":
        return int(figure(found, "tasker_attempts_total", task=task, step=step))
    outcomes = ("error", "retry", "lease_ended") if state == "error" else (state,)
    return int(sum(figure(found, "tasker_steps_total", task=task, step=step, outcome=one) for one in outcomes))


def test_figures_of_all_processes_are_what_sql_counts(fleet: tuple[Setup, int]) -> None:
    setup, port = fleet
    ids = [setup.start(shape) for shape in ("linear", "diamond") for _ in range(20)]
    ids += [setup.start("linear", failing("two", "fail", "succeed")) for _ in range(5)]
    ids += [setup.start("diamond", failing("start", "fail")) for _ in range(5)]
    for task_id in ids:
        setup.finish(task_id)
    steps, ends = counted_rows(setup.engine, STEPS), counted_rows(setup.engine, ENDS)

    def told() -> dict[tuple[Any, ...], int]:
        found = figures_of(scrape(port).text)
        return {key: told_of(found, *key) for key in steps}

    # What is told after the last commit may come a moment after the row is seen.
    eventually(lambda: told() == steps, what=lambda: (told(), steps))
    found = figures_of(scrape(port).text)
    outcomes = {
        outcome: sum(
            value
            for (name, labels), value in found.items()
            if name == "tasker_tasks_total" and dict(labels)["outcome"] == outcome
        )
        for outcome in ("complete", "error")
    }
    assert outcomes == {"complete": ends["complete",], "error": ends["error",]} == {"complete": 45, "error": 5}
    assert figure(found, "tasker_open_tasks", status="pending") == 0


def test_only_a_scraper_with_the_token_is_answered(fleet: tuple[Setup, int]) -> None:
    _, port = fleet
    base = f"http://127.0.0.1:{port}"
    refused = requests.get(f"{base}/metrics", timeout=30)

    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert requests.get(f"{base}/", timeout=30).status_code == 404
    assert scrape(port).status_code == 200


def test_a_port_that_is_taken_is_said(fleet: tuple[Setup, int], tmp_path: Path) -> None:
    setup, port = fleet
    settings = {"SQLALCHEMY_DATABASE_URI": "sqlite://", "TASKER_BROKER_URL": "redis://127.0.0.1:1/0"}
    with (
        pytest.raises(
            AssertionError, match=f"--metrics-port: cannot listen on 127.0.0.1:{port}: Address already in use"
        ),
        running_fleet(tmp_path / "second.log", settings, processes=1, options=["--metrics-port", str(port)]),
    ):
        pass
    assert setup.log()
