"""``flask tasker show``: a task and its steps."""

from __future__ import annotations

import pytest

from tests.cli.desk import HELD, Desk
from tests.cli.shop import HOSTILE


def test_a_task_is_shown_with_its_steps(desk: Desk) -> None:
    task_id = desk.start("shop/copy", "--initiator", "ada", "--reason", "a reprint", "--tag", "red", "--tag", "big")
    head, why, tags, empty, *table = desk.said("show", str(task_id)).splitlines()

    assert head == f"task {task_id}, shop/copy@1.10: pending, 0% done"
    assert why.endswith("Z by ada, reason: a reprint")
    assert (tags, empty) == ("tags: red, big", "")
    assert [line.split()[:3] for line in table] == [
        ["STEP", "STATUS", "ATTEMPTS"],
        ["one", "pending", "0/3"],
        ["two", "pending", "0/3"],
    ]


def test_a_step_that_failed_is_shown_with_its_error(desk: Desk) -> None:
    task_id = desk.failed("no paper")

    assert desk.said("show", str(task_id)).splitlines()[-2].split(maxsplit=4) == [
        "first",
        "error",
        "1/3",
        "-",
        "PermanentError: no paper",
    ]


def test_its_history_says_who_did_what_and_why(desk: Desk) -> None:
    task_id = desk.failed()
    desk.said("cancel", str(task_id), "--actor", "ada", "--reason", "ordered twice")

    last = desk.said("show", str(task_id), "--history").splitlines()[-1]

    assert last.split()[1:] == ["-", "error", "cancelled", "-", "ada", "ordered", "twice", "-"]


def test_its_history_is_read_by_one_statement(desk: Desk) -> None:
    task_id = desk.failed()

    asked = desk.statements("show", str(task_id), "--history")

    assert len([statement for statement in asked if "_transitions" in statement]) == 1


@pytest.mark.parametrize("options", [[], ["--watch", "--timeout", "0"]])
def test_a_table_reads_nothing_of_what_the_task_and_its_steps_hold(desk: Desk, options: list[str]) -> None:
    task_id = desk.start()
    desk.drain()

    asked = " ".join(desk.statements("show", str(task_id), *options))

    assert "tasker_workflow_steps" in asked
    assert [held for held in HELD if held in asked] == []


def test_a_hostile_task_is_shown_as_text(desk: Desk) -> None:
    task_id = desk.failed(HOSTILE)
    desk.said("cancel", str(task_id), "--actor", HOSTILE, "--reason", HOSTILE)

    said = desk.said("show", str(task_id), "--history")

    assert all(line.isprintable() for line in said.splitlines())
    assert r"\x1b[31mred\x1b]0;title\x07" in said


def test_a_task_that_is_not_there_is_said_in_one_line(desk: Desk) -> None:
    assert desk.refused("show", "404", code=1) == "Error: no task 404\n"
    assert desk.refused("show", "404", "--watch", code=1) == "Error: no task 404\n"


def test_an_id_that_no_task_can_have_is_refused(desk: Desk) -> None:
    for text in ("0", "-1", "seven", str(2**63)):
        assert "TASK_ID" in desk.refused("show", "--", text, code=2)


def test_watching_a_task_that_is_final_ends_at_once_and_says_what_became_of_it(desk: Desk) -> None:
    failed, started = desk.failed(), desk.start()
    desk.drain()

    assert desk.invoke("show", str(failed), "--watch").exit_code == 1
    assert desk.invoke("show", str(started), "--watch").exit_code == 0


def test_watching_ends_when_the_time_is_up(desk: Desk) -> None:
    task_id = desk.start()

    assert "it goes on" in desk.refused("show", str(task_id), "--watch", "--timeout", "0", code=3)


def test_what_is_only_for_watching_is_refused_without(desk: Desk) -> None:
    task_id = str(desk.start())

    assert "--timeout is for --watch" in desk.refused("show", task_id, "--timeout", "3", code=2)
    assert "--history is for a task that is not watched" in desk.refused(
        "show", task_id, "--history", "--watch", code=2
    )
