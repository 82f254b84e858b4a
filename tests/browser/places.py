"""Every page that there is, and how to get to see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask_tasker import StepStatus, TaskStatus
from tests.browser.handlers import ENDLESS, LONG, SHOWN, WIDE
from tests.browser.stage import Stage
from tests.browser.visitor import Visitor


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page.

    Attributes:
        address: below the dashboard's own.
        then: what is done there to see the page that is meant.
        status: of that page.
        is_bare: whether it is that of an app without tasks, handlers and key.
    """

    address: str | Callable[[Stage], str]
    then: Callable[[Visitor], None] | None = None
    status: int = 200
    is_bare: bool = False

    def on(self, stage: Stage) -> str:
        """Its address on a stage."""
        return self.address if isinstance(self.address, str) else self.address(stage)

    def visit(self, visitor: Visitor, stage: Stage) -> None:
        """Go there."""
        visitor.goto(self.on(stage), status=200 if self.then else self.status)
        if self.then is not None:
            self.then(visitor)


def task_in(status: str, stage: Stage) -> str:
    """The page of a task in a state."""
    return f"tasks/{stage.task_in(status)}"


def step_in(status: str, stage: Stage) -> str:
    """The page of a step in a state."""
    return step_page(stage, stage.step_in(status))


def step_page(stage: Stage, step_id: int) -> str:
    """The page of a step."""
    return f"tasks/{stage.task_of(step_id)}/steps/{step_id}"


def of(name: str, query: str, stage: Stage) -> str:
    """The page of the task of a handler that only one task has."""
    return f"tasks/{stage.only(name)}{query}"


def resolve_without_json(visitor: Visitor) -> None:
    """Type what makes no sense into the form of a step."""
    visitor.page.get_by_label("Results, as JSON").fill("{")
    visitor.follow(visitor.page.get_by_role("button", name="Resolve with these results"), status=400)


def start_without_sense(visitor: Visitor) -> None:
    """Type what makes no sense into the form that starts a task."""
    visitor.page.get_by_label("weight").fill("heavy")
    visitor.page.get_by_label("Reason").fill(LONG * 2)
    visitor.follow(visitor.page.get_by_role("button", name="Start"), status=400)


def start_by_json(visitor: Visitor) -> None:
    """Type into its other form."""
    visitor.page.get_by_label("Context, as JSON").fill('{"weight": "heavy", "colour": 1}')
    visitor.follow(visitor.page.get_by_role("button", name="Start"), status=400)


def send_without_cookie(visitor: Visitor) -> None:
    """Send a form that was made for another browser."""
    visitor.page.context.clear_cookies()
    visitor.follow(visitor.page.get_by_role("button", name="Save the inputs"), status=400)


def next_page(visitor: Visitor) -> None:
    """Turn over."""
    visitor.follow(visitor.page.get_by_role("link", name="Next page"))


SELECTION: Final = "tasks/selection?action="
PARCEL: Final = "handlers/one?name=parcel"

LISTS: Final[Mapping[str, Place]] = {
    "the overview": Place(address=""),
    "the overview as tables": Place(address="?view=tables"),
    "the overview that stands still": Place(address="?live=off"),
    "the tasks": Place(address="tasks"),
    "the next page of tasks": Place(address="tasks", then=next_page),
    "tasks in another order": Place(address="tasks?sort_by=status&sort_order=asc"),
    "tasks that a filter selects": Place(address="tasks?status=error&name=refused"),
    "tasks that no filter selects": Place(address="tasks?tag=nobody%27s"),
    "filters that make no sense": Place(address="tasks?requested_after=soon&limit=few", status=400),
    "what will happen to tasks": Place(address=f"{SELECTION}cancel&which=filter&status=error"),
    "what will not happen to a task": Place(
        address=lambda stage: f"{SELECTION}retry&task_ids={stage.task_in('complete')}"
    ),
    "no task was ticked": Place(address=f"{SELECTION}cancel", status=400),
    "a selection that makes no sense": Place(
        address=f"{SELECTION}cancel&which=filter&requested_after=soon", status=400
    ),
    "an app without tasks": Place(address="", is_bare=True),
    "a list without tasks": Place(address="tasks", is_bare=True),
    "an app without handlers": Place(address="handlers", is_bare=True),
    "nothing": Place(address="nowhere", status=404),
}
TASKS: Final[Mapping[str, Place]] = {
    **{f"a task that is {status}": Place(address=partial(task_in, status)) for status in TaskStatus},
    "a task with much to show": Place(address=partial(of, SHOWN, "")),
    "its time line as a table": Place(address=partial(of, SHOWN, "?timeline=table")),
    "its graph as wide as the page": Place(address=partial(of, SHOWN, "?zoom=fit")),
    "a wide task": Place(address=partial(of, WIDE, "?zoom=50")),
    "its older history, with every step drawn": Place(address=partial(of, WIDE, "?history=2&unfold=all")),
    "the last page of a task of too many steps to be drawn": Place(address=partial(of, ENDLESS, "?steps=41")),
}
STEPS: Final[Mapping[str, Place]] = {
    **{f"a step that is {status}": Place(address=partial(step_in, status)) for status in StepStatus},
    "a step with much to show": Place(address=lambda stage: step_page(stage, stage.step(stage.only(SHOWN), LONG))),
    "results that make no sense": Place(address=partial(step_in, "error"), then=resolve_without_json, status=400),
    "a form of another browser": Place(address=partial(step_in, "error"), then=send_without_cookie, status=400),
}
HANDLERS: Final[Mapping[str, Place]] = {
    "the handlers": Place(address="handlers"),
    "a handler": Place(address=PARCEL),
    "another version of it": Place(address=f"{PARCEL}&version=1.0.0"),
    "its form as JSON": Place(address=f"{PARCEL}&form=json"),
    "a form that makes no sense": Place(address=PARCEL, then=start_without_sense, status=400),
    "a context that makes no sense": Place(address=f"{PARCEL}&form=json", then=start_by_json, status=400),
    "a handler with long names": Place(address=f"handlers/one?name=shown&namespace={LONG[:60]}"),
}
PLACES: Final[Mapping[str, Place]] = {**LISTS, **TASKS, **STEPS, **HANDLERS}
