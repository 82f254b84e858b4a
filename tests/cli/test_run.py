"""``flask tasker run``: starting a task, and waiting for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup

from flask_tasker.cli import tasker
from flask_tasker.dispatch import is_flask_run, is_other_command
from flask_tasker.store.clock import FixedClock
from tests.cli.desk import Desk
from tests.cli.shop import create_app


def test_it_prints_the_id_and_nothing_else(desk: Desk) -> None:
    said = desk.said("run", "fails")

    assert said == f"{desk.get('/tasks')['tasks'][0]['task_id']}\n"


def test_a_task_is_what_was_asked_for(desk: Desk) -> None:
    words = ["--context", '{"a": [1]}', "--initiator", "ada", "--source-system", "till", "--reason", "a reprint"]
    task_id = int(desk.said("run", "shop/copy@1.10", *words, "--tag", "red", "--tag", "big", "--bypass", "two"))

    task = desk.get(f"/tasks/{task_id}")["task"]
    assert {
        "full_name": "shop/copy@1.10",
        "context": {"a": [1]},
        "initiator": "ada",
        "source_system": "till",
        "reason": "a reprint",
        "tags": ["red", "big"],
        "bypass_steps": ["two"],
    }.items() <= task.items()
    assert [step["status"] for step in task["workflow_steps"]] == ["pending", "skipped"]


def test_a_context_is_read_from_a_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text('{"größe": 1}', encoding="utf-8")

    assert desk.json("run", "shop/copy", "--context", f"@{file}")["task"]["context"] == {"größe": 1}


def test_a_context_is_read_from_standard_input(desk: Desk) -> None:
    task_id = desk.said("run", "shop/copy", "--context", "-", given='{"b": 2}').strip()

    assert desk.get(f"/tasks/{task_id}")["task"]["context"] == {"b": 2}


@pytest.mark.parametrize(
    ("context", "complaint"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("@no/such/file", "cannot be read"),
        ("@\x00", "cannot be read"),
    ],
)
def test_a_context_that_cannot_be_read_is_refused(desk: Desk, context: str, complaint: str) -> None:
    assert complaint in desk.refused("run", "fails", "--context", context, code=2)
    assert desk.get("/tasks") == {"tasks": []}


def test_a_file_that_is_no_text_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "noise"
    file.write_bytes(b"\xff\xfe{}")

    assert "cannot be read" in desk.refused("run", "fails", "--context", f"@{file}", code=2)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--context", "[1]"], "Error: context: must be an object, got list\n"),
        (["--bypass", "first"], "Error: bypass_steps: 'first' is not skippable\n"),
        (["--reason", "x" * 129], "Error: reason: must have 128 characters at most, got 129\n"),
    ],
)
def test_what_the_engine_refuses_is_said_in_one_line(desk: Desk, words: list[str], complaint: str) -> None:
    assert desk.refused("run", "fails", *words, code=1) == complaint


def test_the_same_request_in_the_same_minute_is_refused(desk: Desk) -> None:
    state = desk.app.extensions["tasker"]
    still = state.runtime.database.at(FixedClock(datetime(2026, 1, 31, 12, 0, tzinfo=UTC)))
    state._runtime = replace(state.runtime, database=still)
    desk.said("run", "fails")

    assert "identical" in desk.refused("run", "fails", code=1)


def test_inline_a_command_that_waits_works_itself(desk: Desk) -> None:
    result = desk.invoke("run", "shop/copy", "--wait")

    assert result.exit_code == 0
    assert result.stdout == f"{desk.get('/tasks')['tasks'][0]['task_id']}\n"
    assert "shop/copy@1.10: complete, 100% done" in result.stderr


def test_a_task_that_fails_makes_the_command_fail(desk: Desk) -> None:
    result = desk.invoke("run", "fails", "--wait")

    assert result.exit_code == 1
    assert "PermanentError: as told" in result.stderr


def test_it_is_not_taken_for_the_server_of_that_name(url: str) -> None:
    """Which would start a worker in a process that is about to end."""
    seen: list[tuple[bool, bool]] = []

    def make() -> Flask:
        seen.append((is_other_command(), is_flask_run()))
        return create_app({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True})

    flask = FlaskGroup(create_app=make)
    flask.add_command(tasker)

    assert CliRunner().invoke(flask, ["tasker", "run", "fails"]).exit_code == 0
    assert seen == [(True, False)]


def test_a_time_to_wait_is_refused_where_nobody_waits(desk: Desk) -> None:
    assert "--timeout is for --wait" in desk.refused("run", "fails", "--timeout", "3", code=2)
    assert desk.get("/tasks") == {"tasks": []}
