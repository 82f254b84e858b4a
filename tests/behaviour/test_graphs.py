"""Graphs of every shape run to the right end: results, order, one completion a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.behaviour.harness import Setup, assert_sound, eventually
from tests.behaviour.shapes import SHAPES, results_of


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "single"])
def test_every_step_runs_once_after_its_parents_and_reads_what_they_returned(setup: Setup, shape: str) -> None:
    task = setup.run(shape)

    assert task.status == "complete"
    assert task.results == results_of(SHAPES[shape])
    assert {step.attempts for step in task.steps.values()} == {1}
    assert_sound(task)


def test_the_articles_dummy_task_runs_as_the_article_says(setup: Setup) -> None:
    task = setup.run("dummy_task", {"dummy": True})

    steps = ["step-one", "step-two", "step-three", "step-four"]
    assert task.status == "complete"
    assert task.results == {name: {"dummy": True} for name in steps}
    assert task.annotations == tuple(
        ("dummy-annotation", name, {"dummy_annotation": "something that might be important", "step_name": name})
        for name in steps
    )
    assert {name: step.parents for name, step in task.steps.items() if step.parents} == {
        "step-three": {"step-two"},
        "step-four": {"step-three"},
    }
    assert_sound(task)


def test_a_task_waits_for_its_slowest_leaf(working: Setup, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    task_id = working.start("mixed", {"gates": {"audit": str(gate)}})

    eventually(lambda: working.task(task_id)["confirm"].status == "complete", what=working.log)
    assert working.task(task_id).status == "in_progress"
    gate.touch()

    task = working.finish(task_id)
    assert task.status == "complete"
    assert task["confirm"].completions[0].order < task["audit"].completions[0].order
    assert_sound(task)


def test_two_branches_run_side_by_side(working: Setup, tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    # Each branch waits for the other's beginning: one after the other they would wait for ever.
    context = {
        "marks": {"left-one": str(left), "right-one": str(right)},
        "gates": {"left-one": str(right), "right-one": str(left)},
    }

    task = working.run("diamond", context)

    assert task.status == "complete"
    assert_sound(task)


def test_many_tasks_at_once_all_end(setup: Setup) -> None:
    task_ids = [setup.start("diamond") for _ in range(20)]

    for task_id in task_ids:
        task = setup.finish(task_id)
        assert task.status == "complete"
        assert_sound(task)
