"""What may be changed of tasks and steps over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Desk


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_reason_and_tags_of_a_task_are_changed_and_nothing_else(desk: Desk, method: str, wrapped: bool) -> None:
    task_id = desk.start(reason="old", tags=["old"], initiator="ann")
    changes = {"reason": None, "tags": ["a", "b"], "initiator": "eve", "status": "complete", "task_id": 7}

    status, answer = desk(method, f"/tasks/{task_id}", {"task": changes} if wrapped else changes)

    shown = answer["task"]
    assert (status, shown["reason"], shown["tags"]) == (200, None, ["a", "b"])
    assert (shown["initiator"], shown["status"], shown["task_id"]) == ("ann", "pending", task_id)


def test_what_is_not_named_stays(desk: Desk) -> None:
    task_id = desk.start(reason="old", tags=["old"])

    desk("PATCH", f"/tasks/{task_id}", {"task": {"tags": []}})

    assert (desk.task(task_id)["reason"], desk.task(task_id)["tags"]) == ("old", [])


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"reason": "x" * 129}, {"reason": ["must have 128 characters at most, got 129"]}),
        ({"reason": 1}, {"reason": ["must be text, got int"]}),
        ({"tags": "red"}, {"tags": ["must be a list of strings"]}),
        ({"tags": [1]}, {"tags": ["must be a list of strings"]}),
        ({"tags": None}, {"tags": ["must be a list of strings"]}),
    ],
)
def test_what_cannot_be_kept_of_a_task_is_refused_by_name_and_nothing_is_written(
    desk: Desk, changes: Any, faults: Any
) -> None:
    task_id = desk.start(reason="old", tags=["old"])

    assert desk("PATCH", f"/tasks/{task_id}", {"task": {"tags": ["new"], **changes}}) == (400, {"error": faults})
    assert (desk.task(task_id)["reason"], desk.task(task_id)["tags"]) == ("old", ["old"])


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"5", b'{"task": []}', b'{"task": null}'])
def test_a_body_that_is_none_is_a_bad_request(desk: Desk, data: bytes) -> None:
    task_id = desk.start()

    assert desk("PATCH", f"/tasks/{task_id}", data=data) == (400, {"status": 400, "error": "Bad Request"})


@pytest.mark.parametrize("wrapped", [True, False])
def test_inputs_and_retry_limit_of_a_step_are_changed_and_the_next_attempt_has_them(desk: Desk, wrapped: bool) -> None:
    task_id = desk.start()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'one')['workflow_step_id']}"
    changes = {"inputs": {"mine": [1]}, "retry_limit": 7, "status": "complete"}

    status, answer = desk("PUT", path, {"workflow_step": changes} if wrapped else changes)
    desk.drain()

    assert (status, answer["step"]["inputs"], answer["step"]["retry_limit"]) == (200, {"mine": [1]}, 7)
    assert desk.step(task_id, "one")["results"] == {"inputs": {"mine": [1]}}


def test_without_inputs_of_its_own_a_step_has_the_context(desk: Desk) -> None:
    task_id = desk.start()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'one')['workflow_step_id']}"

    desk("PATCH", path, {"inputs": {"mine": 1}})
    _, answer = desk("PATCH", path, {"inputs": None})

    assert answer["step"]["inputs"] == desk.task(task_id)["context"]


@pytest.mark.parametrize("limit", [0, 101, -1, "3", 2.5, True, None, 10**30])
def test_a_retry_limit_outside_of_1_to_100_is_refused_by_name(desk: Desk, limit: Any) -> None:
    task_id = desk.start()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'one')['workflow_step_id']}"

    status, answer = desk("PATCH", path, {"retry_limit": limit})

    assert (status, list(answer["error"])) == (400, ["retry_limit"])
    assert desk.step(task_id, "one")["retry_limit"] == 3


def test_a_raised_limit_alone_revives_nothing(desk: Desk) -> None:
    task_id = desk.start("refused")
    desk.drain()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'first')['workflow_step_id']}"

    desk("PATCH", path, {"retry_limit": 50})
    desk.drain()

    assert (desk.step(task_id, "first")["attempts"], desk.task(task_id)["status"]) == (1, "error")


def test_an_update_says_whether_a_client_has_it_already(desk: Desk) -> None:
    task_id = desk.start()
    response = desk.client.patch(f"/tasker/tasks/{task_id}", json={"tags": ["x"]})

    assert response.headers["ETag"].startswith('W/"')
