"""``flask tasker purge``: what it deletes, what it says before, and whom it asks."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk
from tests.cli.shell import Shell


@pytest.fixture
def three(desk: Desk) -> Desk:
    """A desk with two complete tasks, one that failed, and an hour gone since."""
    for _ in range(2):
        desk.start()
    desk.failed()
    desk.app.extensions["tasker"].move_clock(3_600)
    return desk


def left(desk: Desk) -> int:
    return len(desk.get("/tasks")["tasks"])


def test_a_dry_run_says_what_would_go_and_deletes_nothing(three: Desk) -> None:
    assert three.said("purge", "--older-than", "30m", "--dry-run") == "would delete 2 tasks\n"
    assert three.said("purge", "--older-than", "30m", "--status", "error", "--dry-run") == "would delete 1 tasks\n"
    assert three.said("purge", "--older-than", "2h", "--dry-run") == "would delete 0 tasks\n"
    assert left(three) == 3


def test_a_dry_run_counts_idempotency_keys_too(three: Desk) -> None:
    post = three.app.test_client().post
    body = {"task": {"name": "fails", "context": {"number": "k"}}}
    assert post("/tasker/tasks", json=body, headers={"Idempotency-Key": "k"}).status_code == 201
    three.app.extensions["tasker"].move_clock(86_400)

    assert three.said("purge", "--older-than", "7d", "--dry-run") == "would delete 0 tasks and 1 idempotency keys\n"
    assert three.json("purge", "--older-than", "30m", "--dry-run") == {"tasks": 2, "keys": 1}


def test_a_dry_run_refuses_what_purging_refuses(desk: Desk) -> None:
    assert "only finished tasks can be purged, got pending" in desk.refused(
        "purge", "--older-than", "1d", "--status", "pending", "--dry-run", code=1
    )


def test_into_a_pipe_nobody_is_asked(three: Desk) -> None:
    assert three.said("purge", "--older-than", "30m") == "deleted 2 tasks\n"


@pytest.mark.parametrize(("typed", "code", "kept"), [("n\n", 1, 1), ("\n", 1, 1), ("y\n", 0, 0)])
def test_on_a_terminal_it_asks_first(url: str, desk: Desk, typed: str, code: int, kept: int) -> None:
    desk.failed()

    ended, sent = Shell(url).on_terminal("purge", "--older-than", "0s", "--status", "error", typed=typed)

    assert "delete 1 tasks for good? [y/N]" in sent
    assert (ended, left(desk)) == (code, kept)


def test_on_a_terminal_nobody_is_asked_who_has_said_yes(url: str, desk: Desk) -> None:
    desk.failed()

    code, sent = Shell(url).on_terminal("purge", "--older-than", "0s", "--status", "error", "--yes")

    assert (code, sent) == (0, "deleted 1 tasks\r\n")
    assert left(desk) == 0


def test_on_a_terminal_nobody_is_asked_about_nothing(url: str) -> None:
    assert Shell(url).on_terminal("purge", "--older-than", "1d") == (0, "deleted 0 tasks\r\n")


def test_a_batch_is_no_larger_than_a_statement_of_any_database_takes(desk: Desk) -> None:
    assert "1<=x<=10000" in desk.refused("purge", "--older-than", "1d", "--batch", "40000", code=2)
