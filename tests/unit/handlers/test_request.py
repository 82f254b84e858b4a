"""What makes two requests the same."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from flask_tasker.handlers import StepRun, TaskHandler, TaskRequest, step
from tests.unit.making import handler

REQUEST = TaskRequest(
    name="order",
    context={"a": 1, "b": {"c": [1, 2], "d": None}},
    initiator="shop",
    source_system="web",
    reason="paid",
    bypass_steps=("one", "two"),
)


def identity(owner: str | None = None, version: str = "1", **changes: Any) -> str:
    return dataclasses.replace(REQUEST, **changes).identity_hash(version=version, owner=owner)


def test_the_identity_is_a_sha_256_in_hexadecimal() -> None:
    assert len(identity()) == 64
    assert int(identity(), 16) >= 0


def test_the_order_of_keys_does_not_count() -> None:
    assert identity(context={"b": {"d": None, "c": [1, 2]}, "a": 1}) == identity()


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": ("urgent",)},
        {"correlation_id": "abc"},
        {"requested_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"bypass_steps": ("two", "one")},
    ],
)
def test_what_does_not_count(changes: dict[str, Any]) -> None:
    assert identity(**changes) == identity()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "refund"},
        {"namespace": "shop"},
        {"initiator": "someone"},
        {"source_system": "app"},
        {"reason": "late"},
        {"reason": None},
        {"bypass_steps": ("one",)},
        {"context": {"a": 1, "b": {"c": [2, 1], "d": None}}},
        {"context": {"a": True, "b": {"c": [1, 2], "d": None}}},
        {"context": {"a": "1", "b": {"c": [1, 2], "d": None}}},
        {"context": {}},
        {"owner": "someone"},
        {"version": "2"},
    ],
)
def test_what_counts(changes: dict[str, Any]) -> None:
    version = changes.pop("version", "1")
    assert identity(version=version, **changes) != identity()


def test_a_text_cannot_move_from_one_field_to_the_next() -> None:
    assert identity(initiator="ab", source_system="c") != identity(initiator="a", source_system="bc")


def test_a_request_has_the_defaults_of_the_original_engine() -> None:
    request = TaskRequest(name="order")
    assert (request.initiator, request.source_system, request.reason) == ("unknown", "unknown", "unknown")
    assert (request.context, request.tags, request.bypass_steps) == ({}, (), ())


def test_a_handler_makes_requests_for_itself() -> None:
    @handler("sync", namespace="shop", version="2.0")
    class Sync(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    request = Sync.request({"a": 1}, initiator="checkout", tags=["new"], bypass_steps=["only"], correlation_id="c")
    assert request == TaskRequest(
        name="sync",
        namespace="shop",
        version="2.0",
        context={"a": 1},
        initiator="checkout",
        tags=("new",),
        bypass_steps=("only",),
        correlation_id="c",
    )


def test_a_request_without_a_context_has_an_empty_one() -> None:
    @handler()
    class Sync(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    assert Sync.request().context == {}
