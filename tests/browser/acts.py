"""Every action that there is: where its form is, what is typed, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.browser.stage import Stage

WHY: Final = "as agreed"
FOLDED: Final = "Retry, cancel or resolve this task"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What something is done to: a task, or a step of it, and the page that has the form."""

    address: str
    task_id: int
    step_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """An action.

    Attributes:
        does: the endpoint that its form is sent to.
        begin: makes what it is done to.
        button: what is pressed.
        typed: texts, by the label of their field.
        summary: of what the form is folded into.
        said: what the next page says, with the ids of the task in braces.
        leaves: the state in which what it is done to is then.
    """

    does: str
    begin: Callable[[Stage], Subject]
    button: str
    said: str
    leaves: str
    typed: Mapping[str, str] = field(default_factory=lambda: {"Reason": WHY})
    summary: str = ""


def task(name: str) -> Callable[[Stage], Subject]:
    """A task of a handler, as it is once what is ready is done."""

    def begin(stage: Stage) -> Subject:
        task_id = stage.worked(name)
        return Subject(address=f"tasks/{task_id}", task_id=task_id)

    return begin


def step(name: str, step_name: str) -> Callable[[Stage], Subject]:
    """A step of such a task."""

    def begin(stage: Stage) -> Subject:
        task_id = stage.worked(name)
        step_id = stage.step(task_id, step_name)
        return Subject(address=f"tasks/{task_id}/steps/{step_id}", task_id=task_id, step_id=step_id)

    return begin


FAILED_STEP: Final = step("refused", "only")
ACTS: Final[Mapping[str, Act]] = {
    "a task is tried again": Act(
        does="retry_task",
        begin=task("refused"),
        button="Retry",
        said="Task {} is tried again.",
        leaves="in_progress",
        summary=FOLDED,
    ),
    "a task is cancelled": Act(
        does="cancel_task",
        begin=task("waiting"),
        button="Cancel",
        said="Task {} is cancelled.",
        leaves="cancelled",
        summary=FOLDED,
    ),
    "a task is resolved": Act(
        does="resolve_task",
        begin=task("refused"),
        button="Resolve",
        said="Task {} counts as resolved.",
        leaves="resolved_manually",
        summary=FOLDED,
    ),
    "a step is tried again": Act(
        does="retry_step", begin=FAILED_STEP, button="Retry", said="Step only is tried again.", leaves="pending"
    ),
    "a step is skipped": Act(
        does="skip_step",
        begin=step("skippable", "may_fail"),
        button="Skip",
        said="Step may_fail is skipped.",
        leaves="skipped",
    ),
    "a step is cancelled": Act(
        does="cancel_step", begin=FAILED_STEP, button="Cancel", said="Step only is cancelled.", leaves="cancelled"
    ),
    "a step is resolved": Act(
        does="resolve_step",
        begin=FAILED_STEP,
        button="Resolve with these results",
        typed={"Results, as JSON": '{"paid": "in cash"}'},
        said="Step only counts as resolved.",
        leaves="resolved_manually",
    ),
    "a step gets other inputs": Act(
        does="edit_inputs",
        begin=step("waiting", "second"),
        button="Save the inputs",
        typed={"Inputs, as JSON; they count from the next attempt on": '{"card": 2}'},
        said="Step second has other inputs.",
        leaves="error",
    ),
}
