"""Which steps can run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.lifecycle import DONE_STEP, StepStatus, TaskStatus, initial_statuses, ready, settled
from tests.unit.lifecycle.strategies import Parents, graphs, statuses

DIAMOND = {"start": [], "left": ["start"], "right": ["start"], "end": ["left", "right"]}


def test_a_new_task_begins_with_the_steps_that_have_no_parents() -> None:
    assert ready(initial_statuses(DIAMOND, ()), DIAMOND) == ["start"]


def test_a_bypassed_step_begins_skipped_and_lets_its_children_run() -> None:
    begun = initial_statuses(DIAMOND, ("start",))
    assert begun["start"] is StepStatus.SKIPPED
    assert ready(begun, DIAMOND) == ["left", "right"]


@pytest.mark.parametrize("status", [StepStatus.PENDING, StepStatus.IN_PROGRESS, StepStatus.ERROR])
def test_a_parent_that_is_not_done_keeps_its_child_pending(status: StepStatus) -> None:
    standing = {**initial_statuses(DIAMOND, ()), "start": StepStatus.COMPLETE, "left": StepStatus.COMPLETE}
    assert "end" not in ready({**standing, "right": status}, DIAMOND)


@pytest.mark.parametrize("status", DONE_STEP)
def test_a_parent_that_is_done_in_any_way_lets_its_child_run(status: StepStatus) -> None:
    standing = {**initial_statuses(DIAMOND, ()), "start": StepStatus.COMPLETE, "left": StepStatus.COMPLETE}
    assert ready({**standing, "right": status}, DIAMOND) == ["end"]


@given(graphs(), st.data())
def test_readiness_agrees_with_a_naive_model(parents: Parents, data: st.DataObject) -> None:
    standing = {name: data.draw(statuses) for name in parents}
    open_steps = {name for name, status in standing.items() if status in ("pending", "in_progress", "error")}
    waiting = {name for name, status in standing.items() if status == "pending"}
    assert set(ready(standing, parents)) == {name for name in waiting if not open_steps & set(parents[name])}


@given(graphs(), st.data())
def test_every_graph_runs_to_its_end_parents_first(parents: Parents, data: st.DataObject) -> None:
    bypassed = data.draw(st.sets(st.sampled_from(list(parents))))
    standing, order = initial_statuses(parents, bypassed), []
    while waiting := ready(standing, parents):
        name = data.draw(st.sampled_from(waiting))
        order.append(name)
        standing[name] = StepStatus.COMPLETE
    assert set(order) == set(parents) - bypassed
    assert all(order.index(parent) < order.index(name) for name in order for parent in set(parents[name]) - bypassed)


@given(graphs(), st.data())
def test_below_a_step_that_failed_for_good_all_stays_pending_and_all_else_ends(
    parents: Parents, data: st.DataObject
) -> None:
    broken = data.draw(st.sampled_from(list(parents)))
    standing = initial_statuses(parents, ())
    while waiting := ready(standing, parents):
        name = data.draw(st.sampled_from(waiting))
        standing[name] = StepStatus.ERROR if name == broken else StepStatus.COMPLETE
    below = {broken}
    for name, above in parents.items():
        below |= {name} if below & set(above) else set()
    assert {name for name, status in standing.items() if status is StepStatus.PENDING} == below - {broken}
    assert settled(any_can_run=False, all_done=False) is TaskStatus.ERROR
    assert all(standing[name] is StepStatus.COMPLETE for name in set(parents) - below)
