"""The page of a task: what its server takes to make it, the first time that anybody looks."""

from __future__ import annotations

from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.client import Client

PAGES = 20


def test_the_page_of_a_task_of_200_steps(benchmark: BenchmarkFixture, client: Client) -> None:
    browser = client.app.test_client()

    def another() -> tuple[tuple[str], dict[str, Any]]:
        """A task that nobody has looked at: what was made for one who looks stands for others who do."""
        return (f"/tasker/ui/tasks/{client.start('mesh_200')}",), {}

    assert benchmark.pedantic(browser.get, setup=another, rounds=PAGES).status_code == 200
