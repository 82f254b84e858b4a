"""The verdict: every task as it must be, or which are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask_tasker.lifecycle import TASK_TRANSITIONS
from tests.torture.expected import task_end
from tests.torture.plans import TaskPlan
from tests.torture.records import Everything, TaskRecord
from tests.torture.shapes import SHAPES
from tests.torture.step_checks import CHECKS, parents_first

MOVES: Final = {(move.source, move.target) for move in TASK_TRANSITIONS}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with which task."""

    task: str
    what: str

    def __str__(self) -> str:
        return f"{self.task}: {self.what}"


def judge(everything: Everything, plans: Sequence[TaskPlan]) -> list[Fault]:
    """Everything that is wrong."""
    wanted = {plan.key: plan for plan in plans if not plan.abandoned}
    faults = [*_of_presence(everything, wanted), *_of_orders(everything, wanted)]
    if everything.stray_rows:
        faults.append(Fault(task="no task", what=f"{everything.stray_rows} side effects belong to no step"))
    for task in everything.tasks:
        if task.key in wanted:
            faults += [Fault(task=_name_of(task), what=what) for what in _of_task(task, wanted[task.key])]
    return faults


def _of_presence(everything: Everything, wanted: dict[str, TaskPlan]) -> Iterator[Fault]:
    found = Counter(task.key for task in everything.tasks)
    for key in wanted.keys() - found.keys():
        yield Fault(task=key, what="was started and is lost")
    for key, number in found.items():
        if key not in wanted:
            yield Fault(task=key, what="is there though its transaction was rolled back")
        elif number > 1:
            yield Fault(task=key, what=f"is there {number} times")


def _of_orders(everything: Everything, wanted: dict[str, TaskPlan]) -> Iterator[Fault]:
    tasks = {task.key: task.task_id for task in everything.tasks}
    expected = Counter((key, tasks.get(key, 0)) for key, plan in wanted.items() if plan.ordered)
    found = Counter(everything.orders)
    for key, task_id in (expected - found).keys() | (found - expected).keys():
        yield Fault(task=key, what=f"its order is not there once, with the task {task_id}")


def _of_task(task: TaskRecord, plan: TaskPlan) -> Iterator[str]:
    shape = SHAPES[plan.kind]
    status, ends = task_end(shape, plan.bypassed)
    if task.kind != plan.kind or task.steps.keys() != shape.keys():
        yield f"is a {task.kind} of {list(task.steps)} and must be a {plan.kind}"
        return
    if task.status != status:
        yield f"is {task.status} and must be {status}"
    yield from _of_history(task)
    for name, step in task.steps.items():
        for check in CHECKS:
            yield from (f"step {name!r} {what}" for what in check(step, shape[name], ends[name]))
        yield from (f"step {name!r} {what}" for what in parents_first(step, task.steps))


def _of_history(task: TaskRecord) -> Iterator[str]:
    standing = "pending"
    for move in task.history:
        if move.source != standing or (move.source, move.target) not in MOVES:
            yield f"went from {move.source} to {move.target} while it was {standing}"
        standing = move.target
    if standing != task.status:
        yield f"is {task.status}, and its history ends with {standing}"


def _name_of(task: TaskRecord) -> str:
    return f"task {task.task_id} ({task.kind}, key {task.key})"
