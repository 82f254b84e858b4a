"""The pure layers: a request, its identity, a handler's definition."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.graphs import GRAPHS, HANDLERS, define


def test_the_identity_of_a_request(benchmark: BenchmarkFixture) -> None:
    request = HANDLERS["W1"].request({"number": 1})
    assert len(benchmark(request.identity_hash, version="0.1.0")) == 64


def test_a_request(benchmark: BenchmarkFixture) -> None:
    assert benchmark(HANDLERS["W1"].request, {"number": 1}).name == "W1"


def test_the_definition_of_a_wide_handler(benchmark: BenchmarkFixture) -> None:
    assert benchmark(define, "W4", GRAPHS["W4"]).key()[1] == "W4"
