"""``--json`` prints what the API answers, so that a recipe for one is good for the other."""

from __future__ import annotations

from tests.cli.desk import Desk


def test_a_task(desk: Desk) -> None:
    task_id = desk.start("shop/copy", "--tag", "red", "--bypass", "two")

    assert desk.json("show", str(task_id)) == desk.get(f"/tasks/{task_id}")


def test_a_task_with_its_history(desk: Desk) -> None:
    task_id = desk.failed()
    shown = desk.json("show", str(task_id), "--history")

    assert shown == {**desk.get(f"/tasks/{task_id}"), **desk.get(f"/tasks/{task_id}/transitions?limit=100")}
    assert len(shown["transitions"]) > 2


def test_a_list_and_where_the_next_one_begins(desk: Desk) -> None:
    for _ in range(3):
        desk.start()

    assert desk.json("list", "--limit", "2") == desk.get("/tasks?limit=2&sort_by=task_id&sort_order=desc")


def test_the_handlers(desk: Desk) -> None:
    assert desk.json("handlers") == desk.get("/handlers")
    assert desk.json("handlers", "--namespace", "shop") == desk.get("/handlers/shop")


def test_a_task_that_was_just_started(desk: Desk) -> None:
    started = desk.json("run", "fails")

    assert started == desk.get(f"/tasks/{started['task']['task_id']}")


def test_a_task_that_was_waited_for(desk: Desk) -> None:
    ended = desk.json("run", "fails", "--wait", code=1)

    assert ended == desk.get(f"/tasks/{ended['task']['task_id']}")
    assert ended["task"]["status"] == "error"


def test_what_a_verb_has_made_of_a_step(desk: Desk) -> None:
    task_id = desk.failed()
    step = desk.get(f"/tasks/{task_id}/workflow_steps")["steps"][0]

    said = desk.json("resolve", str(task_id), "first", "--results", "[1]")

    assert said == desk.get(f"/tasks/{task_id}/workflow_steps/{step['workflow_step_id']}")
    assert said["step"]["results"] == [1]


def test_what_a_verb_has_made_of_a_task(desk: Desk) -> None:
    task_id = desk.failed()

    assert desk.json("cancel", str(task_id)) == desk.get(f"/tasks/{task_id}")


def test_why_a_step_does_not_run(desk: Desk) -> None:
    task_id = desk.start()
    step = desk.get(f"/tasks/{task_id}/workflow_steps")["steps"][1]

    assert desk.json("why", str(task_id), "two") == {
        "task_id": task_id,
        "workflow_step_id": step["workflow_step_id"],
        "name": "two",
        "why": "It waits for one.",
    }


def test_what_the_doctor_finds(desk: Desk) -> None:
    assert desk.json("doctor", code=1) == {
        "findings": [
            {"what": "no worker is alive", "advice": "start one: flask tasker worker, or serve the app"},
        ]
    }


def test_what_was_purged(desk: Desk) -> None:
    assert desk.json("purge", "--older-than", "1d") == {"deleted": 0, "held": 0, "keys": 0}


def test_it_is_ascii_whatever_is_in_it(desk: Desk) -> None:
    desk.start("shop/copy", "--reason", "Größe \u202eneidbar\u202c \x9b31m")

    assert desk.said("list", "--json").isascii()
    assert desk.json("list")["tasks"][0]["reason"] == "Größe \u202eneidbar\u202c \x9b31m"
