"""Which children are ready: few parents and many are asked about in different ways, with the same answers."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker.store.children import (
    FEW_PARENTS,
    Child,
    mark_ready,
    ready_among,
    unmarked_ready,
    waiting_children,
)
from flask_tasker.store.database import Database
from flask_tasker.store.settlement import waiting_steps_of
from tests.web.rows import COMPLETE, LEASED, NOW, Rows, StepRow

SIZES = [2, FEW_PARENTS, FEW_PARENTS + 1, FEW_PARENTS + 8]


def a_join(rows: Rows, parents: int, last: dict[str, Any], **child: Any) -> tuple[int, dict[str, int]]:
    """A child of so many parents, all complete but the last, whose columns are given."""
    names = [f"parent-{number}" for number in range(parents)]
    steps = [StepRow(name=name, columns=COMPLETE) for name in names[:-1]]
    steps += [StepRow(name=names[-1], columns=last), StepRow(name="join", parents=names, columns=child)]
    task_id = rows.task(steps=steps)
    return task_id, rows.step_ids(task_id)


def ready(database: Database, task_id: int, ids: dict[str, int]) -> list[str]:
    def ask(connection: Any) -> list[Child]:
        return ready_among(connection, task_id, waiting_children(connection, ids["parent-0"]))

    return [child.name for child in database.read(ask)]


@pytest.mark.parametrize("parents", SIZES)
def test_a_child_is_ready_once_its_last_parent_is_complete(database: Database, rows: Rows, parents: int) -> None:
    task_id, ids = a_join(rows, parents, COMPLETE)
    assert ready(database, task_id, ids) == ["join"]


@pytest.mark.parametrize("parents", SIZES)
@pytest.mark.parametrize(
    "last", [{"status": "pending"}, {"status": "pending", "next_attempt_at": NOW}, {"status": "error"}, LEASED]
)
def test_an_open_parent_holds_its_child_back(
    database: Database, rows: Rows, parents: int, last: dict[str, Any]
) -> None:
    task_id, ids = a_join(rows, parents, last)
    assert ready(database, task_id, ids) == []


@pytest.mark.parametrize("parents", SIZES)
@pytest.mark.parametrize(
    "last", [{"status": "skipped"}, {"status": "cancelled"}, {"status": "resolved_manually", "processed_at": NOW}]
)
def test_a_parent_that_is_done_in_another_way_lets_its_child_run(
    database: Database, rows: Rows, parents: int, last: dict[str, Any]
) -> None:
    task_id, ids = a_join(rows, parents, last)
    assert ready(database, task_id, ids) == ["join"]


def test_parents_are_counted_up_to_one_more_than_few(database: Database, rows: Rows) -> None:
    counts = []
    for parents in (1, *SIZES):
        _, ids = a_join(rows, parents, COMPLETE)
        first = ids["parent-0"]
        (child,) = database.read(lambda connection, first=first: waiting_children(connection, first))  # type: ignore[misc]
        counts.append(child.parents)
    assert counts == [1, 2, FEW_PARENTS, FEW_PARENTS + 1, FEW_PARENTS + 1]


def test_an_open_step_that_is_no_parent_holds_nothing_back(database: Database, rows: Rows) -> None:
    names = [f"parent-{number}" for number in range(FEW_PARENTS + 1)]
    steps = [StepRow(name=name, columns=COMPLETE) for name in names]
    steps += [StepRow(name="alone"), StepRow(name="join", parents=names), StepRow(name="pair", parents=names[:2])]
    task_id = rows.task(steps=steps)
    assert ready(database, task_id, rows.step_ids(task_id)) == ["join", "pair"]


def test_few_and_many_are_told_apart_in_one_question(database: Database, rows: Rows) -> None:
    names = [f"parent-{number}" for number in range(FEW_PARENTS + 2)]
    steps = [StepRow(name=name, columns=COMPLETE) for name in names[:-1]]
    steps += [StepRow(name=names[-1]), StepRow(name="wide", parents=names), StepRow(name="narrow", parents=names[:2])]
    steps += [StepRow(name="waits", parents=[names[0], names[-1]])]
    task_id = rows.task(steps=steps)
    assert ready(database, task_id, rows.step_ids(task_id)) == ["narrow"]


@pytest.mark.parametrize("child", [{"next_attempt_at": NOW}, LEASED, COMPLETE, {"status": "cancelled"}])
def test_a_child_that_does_not_wait_is_not_asked_about(database: Database, rows: Rows, child: dict[str, Any]) -> None:
    _, ids = a_join(rows, 2, COMPLETE, **child)
    assert database.read(lambda connection: waiting_children(connection, ids["parent-0"])) == []


def test_children_come_in_the_handlers_order(database: Database, rows: Rows) -> None:
    steps = [StepRow(name="parent", columns=COMPLETE)]
    steps += [StepRow(name=name, parents=["parent"]) for name in ("zeta", "alpha", "mid")]
    ids = rows.step_ids(rows.task(steps=steps))
    found = database.read(lambda connection: waiting_children(connection, ids["parent"]))
    assert [child.name for child in found] == ["zeta", "alpha", "mid"]
    assert [child.ref.step_id for child in found] == [ids[name] for name in ("zeta", "alpha", "mid")]


def test_a_step_is_marked_ready_once(database: Database, rows: Rows) -> None:
    _, ids = a_join(rows, 2, COMPLETE)
    refs = [
        database.transaction(lambda connection: mark_ready(connection, database.clock, [ids["join"]])) for _ in range(2)
    ]
    assert [[ref.name for ref in of_one] for of_one in refs] == [["join"], []]


def test_a_missed_child_is_found_among_the_waiting_steps_of_its_task(database: Database, rows: Rows) -> None:
    for last, expected in ((COMPLETE, True), ({"status": "error"}, False)):
        task_id, ids = a_join(rows, FEW_PARENTS + 1, last)
        page = waiting_steps_of(task_id)
        found = database.read(lambda connection, page=page: unmarked_ready(connection, page=page))  # type: ignore[misc]
        assert found == ([(task_id, ids["join"])] if expected else [])
