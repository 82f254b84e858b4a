"""The commands as processes of their own: exit codes, pipes, signals, and who works while one waits."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.shell import Shell
from tests.host.waiting import until

NOBODY_WORKS = {"FLASK_TASKER_EMBEDDED": "false"}
QUICK = ("--interval", "0.05")

on_one_database = pytest.mark.parametrize("lasting_url", ["sqlite"], indirect=True)
"""Of what a process prints and how it ends, where no database has a part in it: each start takes a second."""


@pytest.fixture
def shell(url: str) -> Shell:
    """A shell on each database."""
    return Shell(url)


def test_without_a_worker_the_command_is_one_while_it_waits(shell: Shell, desk: Desk) -> None:
    done = shell.run("run", "shop/copy", "--wait", *QUICK)

    task = desk.get("/tasks")["tasks"][0]
    assert (done.returncode, done.stdout) == (0, f"{task['task_id']}\n")
    assert "no worker is alive: this process is one while it waits\n" in done.stderr
    assert done.stderr.splitlines()[-1].endswith(f"Z task {task['task_id']}: complete")
    assert desk.get("/health/ready")["status"] == "ok"
    assert desk.json("doctor", code=1)["findings"][0]["what"] == "no worker is alive"


def test_a_task_that_fails_is_1(shell: Shell) -> None:
    done = shell.run("run", "fails", "--wait", *QUICK)

    assert done.returncode == 1
    assert "PermanentError: as told" in done.stderr


@on_one_database
def test_a_command_line_that_makes_no_sense_is_2(shell: Shell) -> None:
    assert shell.run("run", "nothing-like-it").returncode == 2
    assert shell.run("show", "seven").returncode == 2


def test_a_task_that_nobody_works_on_is_3_and_said_so(url: str, desk: Desk) -> None:
    done = Shell(url, NOBODY_WORKS).run("run", "shop/copy", "--wait", "--timeout", "0")

    assert done.returncode == 3
    assert "no worker is alive: start one with `flask tasker worker`\n" in done.stderr
    assert "is pending after 0 s; it goes on\n" in done.stderr
    assert desk.get("/tasks")["tasks"][0]["status"] == "pending"


def test_interrupted_it_is_130_and_the_task_goes_on(url: str, desk: Desk) -> None:
    with Shell(url, NOBODY_WORKS).running("run", "shop/copy", "--wait", *QUICK) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        task_id = process.stdout.readline().strip()
        assert process.stderr.readline() == "no worker is alive: start one with `flask tasker worker`\n"
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)

    assert process.returncode == 130
    assert complaint.endswith(f"task {task_id} goes on; follow it with `flask tasker show {task_id} --watch`\n")
    assert "Traceback" not in complaint
    assert desk.get(f"/tasks/{task_id}")["task"]["status"] == "pending"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_works_gives_back_what_it_holds_when_it_is_told_to_end(
    url: str, desk: Desk, number: signal.Signals
) -> None:
    with Shell(url, {"FLASK_TASKER_STOP_SECONDS": "0"}).running("run", "sleeps", "--wait", *QUICK) as process:
        assert process.stderr is not None
        assert any("step nap: in_progress" in line for line in process.stderr)
        process.send_signal(number)
        process.communicate(timeout=60)

    [step] = desk.get("/tasks")["tasks"][0]["workflow_steps"]
    assert process.returncode == 130
    assert (step["status"], step["in_process"]) == ("error", False)


def test_where_a_worker_lives_the_command_leaves_the_work_to_it(shell: Shell, desk: Desk) -> None:
    with shell.running("worker", "--threads", "1") as worker:
        assert worker.stdout is not None
        until(lambda: desk.invoke("doctor").exit_code == 0)
        done = shell.run("run", "shop/copy", "--wait", "--json", *QUICK)
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=60)

    task = json.loads(done.stdout)["task"]
    history = desk.get(f"/tasks/{task['task_id']}/transitions")["transitions"]
    assert done.returncode == 0
    assert task["status"] == "complete"
    assert "no worker" not in done.stderr
    assert {one["actor"].split(":")[1] for one in history} == {str(worker.pid)}


def test_started_without_waiting_the_task_is_left_to_a_worker(shell: Shell, desk: Desk) -> None:
    done = shell.run("run", "shop/copy")

    assert done.returncode == 0
    assert done.stderr == (
        "no worker is alive: the task waits until one is (`flask tasker worker`, or serve the app)\n"
    )
    assert desk.get(f"/tasks/{done.stdout.strip()}")["task"]["status"] == "pending"


def test_a_task_is_watched_until_others_have_ended_it(shell: Shell, desk: Desk) -> None:
    task_id = str(desk.start())
    with shell.running("show", task_id, "--watch", *QUICK) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"task {task_id}, shop/copy@1.10: pending")
        desk.said("cancel", task_id)
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said.splitlines()[-1].endswith(f"task {task_id}: cancelled")


@on_one_database
@pytest.mark.parametrize("missing", [[], ["rich"]])
def test_into_a_pipe_everything_is_plain(url: str, desk: Desk, missing: list[str]) -> None:
    task_id = str(desk.failed())
    shell = Shell(url, missing=missing)

    assert shell.run("show", task_id).stdout == desk.said("show", task_id)
    assert shell.run("list").stdout == desk.said("list")
    assert shell.run("handlers", "--json").stdout == desk.said("handlers", "--json")


@on_one_database
def test_into_a_pipe_that_has_no_character_for_it_text_is_an_escape(url: str, desk: Desk) -> None:
    desk.start("shop/copy", "--reason", "Größe 尺")

    done = Shell(url, {"PYTHONIOENCODING": "ascii"}).run("list")

    assert done.returncode == 0
    assert r"Gr\xf6\xdfe \u5c3a" in done.stdout


def test_a_database_without_the_tables_is_said_in_one_line(tmp_path: Path) -> None:
    done = Shell(f"sqlite:///{tmp_path / 'empty.sqlite'}").run("list")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: the database refused, or did not answer: no such table: tasker_tasks.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["show", "1"], ["db", "upgrade"]])
def test_a_database_that_is_away_is_said_in_one_line(words: list[str]) -> None:
    done = Shell("postgresql+psycopg2://nobody:secret@127.0.0.1:1/none").run(*words)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: the database refused, or did not answer: ")
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1
