"""Whole tasks in one thread: what an engine costs without a broker."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.client import Client
from benchmarks.workloads import WORKLOADS


@pytest.mark.parametrize("name", [workload.name for workload in WORKLOADS])
def test_a_task_from_its_start_to_its_end(benchmark: BenchmarkFixture, client: Client, name: str) -> None:
    task = benchmark(client.start, name)
    assert client.pending([task]) == []
