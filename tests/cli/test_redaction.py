"""What ``TASKER_REDACT`` names is printed by no command."""

from __future__ import annotations

import json

import pytest

from flask_tasker.redaction import REDACTED
from tests.cli.desk import Desk

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def _rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_TASKER_REDACT", "password, say")


@pytest.fixture
def failed(desk: Desk) -> str:
    """The id of a task whose context, reason and error have a secret."""
    context = json.dumps({"say": f"password={SECRET}", "password": SECRET})
    task_id = desk.said("run", "fails", "--context", context, "--reason", f"password={SECRET}").strip()
    desk.drain()
    return task_id


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_no_command_prints_a_secret(desk: Desk, failed: str, form: tuple[str, ...]) -> None:
    for words in (["list"], ["show", failed], ["show", failed, "--history"], ["show", failed, "--watch"]):
        shown = desk.invoke(*words, *form).output
        assert SECRET not in shown
        assert REDACTED in shown
    assert f"password={REDACTED}" in desk.said("why", failed, "first", *form)


def test_nor_does_one_that_acts(desk: Desk, failed: str) -> None:
    assert desk.json("retry", failed)["task"]["context"]["password"] == REDACTED
    ended = desk.invoke("run", "fails", "--wait", "--context", json.dumps({"say": f"password={SECRET}"}))
    assert f"password={REDACTED}" in ended.stderr
    assert SECRET not in ended.output


def test_a_list_has_no_order_whose_cursor_tells_a_secret(desk: Desk, failed: str) -> None:
    assert "TASKER_REDACT" in desk.refused("list", "--sort", "reason", code=2)
    assert desk.json("show", failed) == desk.get(f"/tasks/{failed}")
