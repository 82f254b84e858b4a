"""``flask tasker cancel | retry | skip | resolve``: what becomes of a task, and of one of its steps."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk


@pytest.mark.parametrize("results", ["null", "0", "[]"])
def test_results_without_a_step_resolve_nothing(desk: Desk, results: str) -> None:
    task_id = desk.failed()

    assert "name the STEP" in desk.refused("resolve", str(task_id), "--results", results, code=2)
    assert desk.get(f"/tasks/{task_id}")["task"]["status"] == "error"


def test_the_document_of_a_step_is_read_without_the_other_steps(desk: Desk) -> None:
    task_id = desk.failed()

    asked = desk.statements("resolve", str(task_id), "first", "--json")

    shown = [statement for statement in asked if "steps.results" in statement]
    assert shown != []
    assert [statement for statement in shown if "tasker_workflow_steps.workflow_step_id =" not in statement] == []


def test_a_step_may_be_resolved_with_null(desk: Desk) -> None:
    task_id = desk.failed()

    step = desk.json("resolve", str(task_id), "first", "--results", "null")["step"]

    assert (step["status"], step["results"]) == ("resolved_manually", None)
