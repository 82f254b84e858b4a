"""Operators cancel, retry, skip and resolve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask_tasker.engine import act_on_step, act_on_task
from flask_tasker.errors import NotAllowedError, NotFoundError
from flask_tasker.lifecycle import OPEN_STEP, StepStatus, TaskStatus, Verb, step_target, step_verbs, task_verbs
from flask_tasker.store.verbs import Actor
from tests.model.rows import Rows
from tests.model.rules.history import History, Move

NOBODY: Final = 0
TASK_TARGETS: Final = {
    Verb.CANCEL: TaskStatus.CANCELLED,
    Verb.RETRY: TaskStatus.IN_PROGRESS,
    Verb.RESOLVE: TaskStatus.RESOLVED_MANUALLY,
}


@dataclass
class Order:
    """What an operator says, and what came of it. ``actor`` is another one each time."""

    actor: Actor
    verb: Verb
    step_id: int | None = None
    task_id: int | None = None
    results: Any = None
    refused: bool = False

    def lines(self, rows: Rows) -> list[tuple[str, int, str]]:
        """What the history says of this operator, in which task or step, and to which state."""
        steps = [line for line in rows.step_entries if line.actor == self.actor.name]
        tasks = [line for line in rows.task_entries if line.actor == self.actor.name]
        reasons = {line.reason for line in steps} | {line.reason for line in tasks}
        assert reasons <= {self.actor.reason}, f"other reasons than given: {reasons}, {self}"
        moved = [("step", line.workflow_step_id, line.to_status) for line in steps]
        return sorted([*moved, *(("task", line.task_id, line.to_status) for line in tasks)])


class Operating(History):
    """Each order is refused, with every row as it was, or leaves exactly its lines of history."""

    def moves(self) -> list[Move]:
        """An operator speaks."""
        return [*super().moves(), Move(2, self.an_operator_speaks)]

    def an_operator_speaks(self) -> None:
        """Any verb, to any step or task."""
        order, before, plan = self.order(), self.rows, self.plan()
        self.act(self.obeying(order), plan)
        _check(order, before, self.after(), faulty=plan is not None)

    def order(self) -> Order:
        """What an operator may say."""
        # Of a task that was cancelled nothing is left to tell.
        about_a_task = self.chance.one_of([False, False, False, True], "about a task")
        return self.task_order() if about_a_task else self.step_order()

    def step_order(self) -> Order:
        """What an operator may say of a step: of any, be it there or not, or of one that failed or runs."""
        status = self.chance.one_of([None, StepStatus.ERROR, StepStatus.IN_PROGRESS], "of one that is")
        steps = [step_id for step_id, step in self.rows.steps.items() if step.status == status] or [*self.rows.steps]
        step_id = self.pick([NOBODY, *steps], "step")
        # What runs can only be asked to stop.
        often = [Verb.CANCEL] * 3 if status is StepStatus.IN_PROGRESS else []
        verb = self.chance.one_of([*reversed(Verb), *often], "verb")
        results = {"attempt": "by hand"} if verb is Verb.RESOLVE and self.flip("results") else None
        return Order(actor=self._actor(), verb=verb, step_id=step_id, results=results)

    def task_order(self) -> Order:
        """What an operator may say of a task, be it there or not."""
        task_id = self.pick([NOBODY, *self.rows.tasks], "task")
        verb = self.chance.one_of([*reversed(Verb)], "verb")
        return Order(actor=self._actor(), verb=verb, task_id=task_id)

    def obeying(self, order: Order) -> Callable[[], object]:
        """Do as the operator says."""
        process = self.world.process()

        def obey() -> None:
            try:
                if order.step_id is not None:
                    act_on_step(process, order.step_id, order.verb, actor=order.actor, results=order.results)
                elif order.task_id is not None:
                    act_on_task(process, order.task_id, order.verb, actor=order.actor)
            except (NotAllowedError, NotFoundError):
                order.refused = True

        return obey

    def _actor(self) -> Actor:
        self.operators += 1
        return Actor(name=f"operator {self.operators}", reason=f"reason {self.operators}")


def _check(order: Order, before: Rows, after: Rows, *, faulty: bool) -> None:
    expected, found = expected_lines(order, before), order.lines(after)
    if order.refused or expected is None:
        assert expected is None, f"refused, though allowed: {order}"
        assert order.refused or faulty, f"allowed, though not: {order}"
        assert after == before, f"refused, and yet something changed: {order}"
    elif faulty:
        assert found in (expected, []), f"{order} left {found}, neither nothing nor {expected}"
    else:
        assert found == expected, f"{order} left {found}, not {expected}"


def expected_lines(order: Order, rows: Rows) -> list[tuple[str, int, str]] | None:
    """The lines that an order is to leave, told from the rows before it; ``None`` where it is to be refused."""
    return _expected_of_step(order, rows) if order.step_id is not None else _expected_of_task(order, rows)


def _expected_of_step(order: Order, rows: Rows) -> list[tuple[str, int, str]] | None:
    step = rows.steps.get(order.step_id or NOBODY)
    if step is None:
        return None
    task = rows.tasks[step.task_id]
    if order.verb is Verb.CANCEL and step.status == StepStatus.CANCELLED:
        return []
    if order.verb not in step_verbs(StepStatus(step.status), TaskStatus(task.status)):
        return None
    if step.status == StepStatus.IN_PROGRESS:
        return []
    reopened = [("task", task.task_id, str(TaskStatus.IN_PROGRESS))] if task.status == TaskStatus.ERROR else []
    return sorted([("step", step.workflow_step_id, str(step_target(order.verb))), *reopened])


def _expected_of_task(order: Order, rows: Rows) -> list[tuple[str, int, str]] | None:
    task = rows.tasks.get(order.task_id or NOBODY)
    if task is None:
        return None
    if order.verb is Verb.CANCEL and task.status == TaskStatus.CANCELLED:
        return []
    if order.verb not in task_verbs(TaskStatus(task.status)):
        return None
    steps = rows.steps_of(task.task_id)
    moved: list[tuple[str, int, str]] = []
    if order.verb is Verb.CANCEL:
        waiting = [step for step in steps if step.status in OPEN_STEP and step.status != StepStatus.IN_PROGRESS]
        moved = [("step", step.workflow_step_id, str(StepStatus.CANCELLED)) for step in waiting]
    if order.verb is Verb.RETRY:
        failed = [step for step in steps if step.status == StepStatus.ERROR]
        moved = [("step", step.workflow_step_id, str(StepStatus.PENDING)) for step in failed]
    return sorted([("task", task.task_id, str(TASK_TARGETS[order.verb])), *moved])
