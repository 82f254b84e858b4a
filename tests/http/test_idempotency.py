"""Creation under a key of the client's, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from flask_tasker import Access
from flask_tasker.store.clock import FixedClock
from tests.http.conftest import Desk
from tests.unhurried import unhurried

NOW: Final = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TASK = {"name": "copy", "namespace": "shop", "context": {"order": 1, "page": 2}}


def create(desk: Desk, key: str, task: Any = None, **changes: Any) -> tuple[int, Any]:
    answer: tuple[int, Any] = desk(
        "POST", "/tasks", {"task": {**(task or TASK), **changes}}, headers={"Idempotency-Key": key}
    )
    return answer


def test_the_same_key_gives_the_task_as_it_now_is(desk: Desk) -> None:
    first, made = create(desk, "one")
    desk.drain()
    second, found = create(desk, "one", context={"page": 2, "order": 1})

    assert (first, second) == (201, 200)
    assert found["task"]["task_id"] == made["task"]["task_id"]
    assert found["task"]["status"] == "complete"


def test_another_request_under_the_same_key_is_a_conflict_that_names_no_task(desk: Desk) -> None:
    _, made = create(desk, "one")
    status, answer = create(desk, "one", context={"order": 2})

    assert (status, answer["error"]) == (409, "Conflict")
    assert set(answer) == {"status", "error", "message"}
    assert str(made["task"]["task_id"]) not in answer["message"]


def test_the_key_wins_over_the_identity_hash(desk: Desk) -> None:
    statuses = [create(desk, key)[0] for key in ("one", "two", "one")]
    without = desk("POST", "/tasks", {"task": TASK})[0]

    assert [*statuses, without] == [201, 201, 200, 201]


def test_keys_are_each_owners_own(desk: Desk) -> None:
    ids = []
    for owner in ("ann", "bob", "ann"):
        desk.access = Access(actor=owner, owner=owner, scope=owner)
        ids.append(create(desk, "one")[1]["task"]["task_id"])

    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "caf\u00e9\u0085"])
def test_a_key_that_is_none_is_refused_and_nothing_is_written(desk: Desk, key: str) -> None:
    status, answer = create(desk, key)

    assert (status, list(answer["error"])) == (400, ["idempotency_key"])
    assert desk.ids("") == []


def test_a_request_that_is_refused_leaves_the_key_free(desk: Desk) -> None:
    assert create(desk, "one", name="nobody")[0] == 400
    assert create(desk, "one")[0] == 201


@pytest.mark.parametrize("key", ["same", None])
def test_fifty_identical_creations_at_once_make_one_task(desk: Desk, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    state = desk.app.extensions["tasker"]
    # Where the minute turns between two of them, a second task is allowed.
    state._runtime = replace(state.runtime, database=state.runtime.database.at(FixedClock(NOW)))

    def ask(_: int) -> tuple[int, Any]:
        response = desk.app.test_client().post("/tasker/tasks", json={"task": TASK}, headers=headers)
        return response.status_code, response.get_json()

    with unhurried(state.runtime.database.engine), ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(ask, range(50)))

    assert len(desk.ids("limit=100")) == 1
    assert sorted(status for status, _ in answers) == ([200] * 49 + [201] if key else [201] + [409] * 49)
