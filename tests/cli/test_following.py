"""Looking at a task again and again: how often, until when, and what is shown of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from flask_tasker.cli.finding import task_of
from flask_tasker.cli.following import Patience, follow, watch, watch_documents
from flask_tasker.cli.looking import TaskLook, look_at
from flask_tasker.redaction import NOTHING
from tests.cli.desk import Desk


@dataclass
class Wait:
    """A clock that moves by what is slept, and what happens meanwhile: one thing a pause, then nothing more."""

    happens: list[tuple[str, ...]]
    desk: Desk
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.slept.append(seconds)
        if self.happens:
            self.desk.said(*self.happens.pop(0))

    def patience(self, *, interval: float = 2.0, timeout: float | None = None) -> Patience:
        """Patience by this clock."""
        return Patience(interval=interval, timeout=timeout, clock=lambda: sum(self.slept), sleep=self.sleep)


def look(desk: Desk, task_id: int) -> TaskLook:
    return look_at(desk.app.extensions["tasker"], task_id)


def followed(desk: Desk, task_id: int, patience: Patience) -> list[str]:
    return [task.row.status for task in follow(lambda: look(desk, task_id), patience)]


def test_it_ends_with_the_task(desk: Desk) -> None:
    task_id = desk.start()
    wait = Wait([("skip", str(task_id), "one"), ("cancel", str(task_id))], desk)

    assert followed(desk, task_id, wait.patience()) == ["pending", "pending", "cancelled"]
    assert wait.slept == [2.0, 2.0]


def test_a_task_that_is_final_is_looked_at_once(desk: Desk) -> None:
    task_id = desk.failed()
    wait = Wait([], desk)

    assert followed(desk, task_id, wait.patience(timeout=0)) == ["error"]
    assert wait.slept == []


def test_when_the_time_is_up_it_is_looked_at_once_more(desk: Desk) -> None:
    task_id = desk.start()
    wait = Wait([], desk)

    assert followed(desk, task_id, wait.patience(timeout=5)) == ["pending"] * 4
    assert wait.slept == [2.0, 2.0, 1.0]


def test_each_change_is_a_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = desk.start()
    happens = [("skip", str(task_id), "one"), ("resolve", str(task_id), "two", "--results", "{}")]

    code = watch(task_id, lambda: look(desk, task_id), Wait(happens, desk).patience())

    lines = [line.partition("Z ")[2] for line in capsys.readouterr().out.splitlines()[6:]]
    assert code == 0
    assert lines == [
        "step one: skipped, attempt 0/3",
        "step two: resolved_manually, attempt 0/3",
        f"task {task_id}: complete",
    ]


def test_a_failure_is_shown_with_its_error(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = int(desk.said("run", "fails", "--context", '{"say": "no \\u001b[31mpaper"}'))

    class Working(Wait):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            desk.drain()

    code = watch(task_id, lambda: look(desk, task_id), Working([], desk).patience())

    out = capsys.readouterr().out
    assert code == 1
    assert "step first: error, attempt 1/3: PermanentError: no \\x1b[31mpaper\n" in out
    assert "\x1b" not in out


def test_as_json_each_change_is_a_document_in_a_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = desk.start()
    state = desk.app.extensions["tasker"]
    # The first pause changes nothing.
    happens = [("show", str(task_id)), ("skip", str(task_id), "one"), ("cancel", str(task_id))]

    watch_documents(task_id, lambda: task_of(state, task_id), Wait(happens, desk).patience(), redactor=NOTHING)

    documents = [json.loads(line)["task"] for line in capsys.readouterr().out.splitlines()]
    assert [one["status"] for one in documents] == ["pending", "pending", "cancelled"]
    assert [one["workflow_steps"][0]["status"] for one in documents] == ["pending", "skipped", "skipped"]


def test_aside_nothing_is_shown_on_standard_output(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = desk.failed()

    watch(task_id, lambda: look(desk, task_id), Wait([], desk).patience(), aside=True)

    out, err = capsys.readouterr()
    assert out == ""
    assert f"task {task_id}, default/fails@0.1.0: error" in err


def test_a_task_that_takes_too_long_is_said_to_go_on(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = desk.start()

    assert watch(task_id, lambda: look(desk, task_id), Wait([], desk).patience(timeout=4)) == 3
    assert capsys.readouterr().err == f"task {task_id} is pending after 4 s; it goes on\n"


def test_an_interruption_ends_it_without_a_fuss(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = desk.start()

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    code = watch(task_id, lambda: look(desk, task_id), Patience(interval=1, sleep=interrupt))

    assert code == 130
    assert capsys.readouterr().err == (
        f"task {task_id} goes on; follow it with `flask tasker show {task_id} --watch`\n"
    )
