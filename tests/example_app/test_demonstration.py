"""The two commands that show the shop, as they are typed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


def environment(database_url: str) -> dict[str, str]:
    return {**os.environ, "FLASK_SQLALCHEMY_DATABASE_URI": database_url}


def demonstrated(database_url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "example_app.demo"],
        cwd=ROOT,
        env=environment(database_url),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """The shop, open, at its address; it is closed as a supervisor would."""
    command = [sys.executable, "-m", "example_app.serve"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(database_url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as shop:
        assert shop.stdout is not None
        opened = next(line for line in shop.stdout if line.startswith("The shop is open on "))
        yield opened.split()[5].rstrip(";")
        shop.send_signal(signal.SIGTERM)
        shop.stdout.read()
    assert shop.returncode == 0


def settled(url: str) -> str:
    """The status of a task once it has ended."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        status: str = httpx.get(url).json()["task"]["status"]
        if status not in ("pending", "in_progress"):
            return status
    raise TimeoutError(f"{url} did not end")


@pytest.mark.slow
def test_the_demonstration_meets_its_own_expectations_on_postgresql(postgres_database: str) -> None:
    run = demonstrated(postgres_database)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "FAILED" not in run.stdout
    assert "Where to look next" in run.stdout
    assert "/tasker/ui/" in run.stdout


@pytest.mark.slow
def test_the_demonstration_runs_again_on_the_same_sqlite_file(tmp_path: Path) -> None:
    runs = [demonstrated(f"sqlite:///{tmp_path / 'shop.sqlite'}") for _time in range(2)]
    assert [run.returncode for run in runs] == [0, 0], runs[-1].stdout + runs[-1].stderr


def test_the_open_shop_runs_a_task_that_is_asked_for_over_http(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'shop.sqlite'}") as url:
        asked = httpx.post(f"{url}/tasker/tasks", json={"task": {"name": "dummy_task", "context": {"dummy": True}}})
        assert asked.status_code == 201
        assert settled(f"{url}/tasker/tasks/{asked.json()['task']['task_id']}") == "complete"


def test_the_open_shop_is_full_of_tasks_and_its_dashboard_shows_them(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'shop.sqlite'}") as url:
        page = httpx.get(f"{url}/tasker/ui/tasks")
        assert page.status_code == 200
        assert page.text.count("order_fulfilment") >= 5
