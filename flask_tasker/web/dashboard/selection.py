"""Many tasks at once: first what would be done to which, then doing it to just these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request
from werkzeug.datastructures import MultiDict

from ...engine import Bulk, act_on_tasks
from ...lifecycle import Verb
from ..api.acting import actor_of
from ..api.filtering import MOST_IDS, BulkFilterSchema, filter_of
from ..api.ids import id_of
from ..api.loading import loaded
from ..faults import refusals
from ..refusal import RefusedError
from .filter_form import filters_in
from .messages import say
from .navigation import see
from .offers import BULK, TASK_PERMISSIONS
from .rendering import page
from .typed import reason_in
from .visit import Visit

BY_FILTER: Final = "filter"
NO_VERB: Final = "Say what is to be done: retry, cancel or resolve."
NONE_TICKED: Final = "No task was ticked. Go back and tick some, or choose all that the filter selects."
NO_FILTER: Final = "Filter the tasks first: this is not for all tasks there are."
MOST_SHOWN: Final = 100
DONE: Final[Mapping[Verb, str]] = {
    Verb.RETRY: "tried again",
    Verb.CANCEL: "cancelled",
    Verb.RESOLVE: "marked as resolved",
}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is to be done to which tasks.

    Attributes:
        filters: as they are in the address of the list.
        task_ids: of the tasks that were ticked or previewed; ``None``: all that the filters select.
    """

    verb: Verb
    filters: Mapping[str, str]
    task_ids: Sequence[int] | None

    @classmethod
    def of(cls, said: MultiDict[str, str]) -> Selection:
        """What a form says.

        Raises:
            RefusedError: 400, where it does not say what, or to which.
        """
        if said.get("action") not in TASK_PERMISSIONS:
            raise RefusedError(400, message=NO_VERB)
        filters = filters_in(said)
        by_filter = said.get("which") == BY_FILTER
        if by_filter and not filters:
            raise RefusedError(400, message=NO_FILTER)
        ids = None if by_filter else [id_of(text) for text in said.getlist("task_ids")]
        if ids is not None and not ids:
            raise RefusedError(400, message=NONE_TICKED)
        return cls(verb=Verb(said["action"]), filters=filters, task_ids=ids)

    @property
    def conditions(self) -> dict[str, Any]:
        """The same, checked.

        Raises:
            RefusedError: 400 naming the fields.
        """
        ids = {} if self.task_ids is None else {"task_ids": list(self.task_ids)}
        return loaded(BulkFilterSchema(), {**self.filters, **ids})


def preview(visit: Visit) -> Response:
    """What would be done, and a form that does it."""
    visit.deps.door.enter(BULK)
    selection = Selection.of(request.args)
    would = _act(visit, selection, reason=None, dry_run=True)
    return page(
        visit,
        "selection.html",
        title=f"{str(selection.verb).capitalize()} tasks",
        verb=selection.verb,
        done=DONE[selection.verb],
        filters=selection.filters,
        task_ids=would.task_ids,
        more=would.more,
        most_shown=MOST_SHOWN,
        left_out=0 if selection.task_ids is None else len(set(selection.task_ids)) - len(would.task_ids),
    )


def act(visit: Visit) -> Response:
    """Do it to the tasks of the preview, as far as they are still like that."""
    visit.deps.door.enter(BULK)
    selection = Selection.of(request.form)
    came = _act(visit, selection, reason=reason_in(request.form), dry_run=False)
    text = f"{_tasks(len(came.task_ids))} {DONE[selection.verb]}"
    # What is not selected any more is not among those that were skipped.
    left = len(came.skipped) if selection.task_ids is None else len(set(selection.task_ids)) - len(came.task_ids)
    alone = f"; {_tasks(left)} left alone, for what the preview said is not so any more" if left else ""
    return say(f"{text}{alone}.", request, see("list_tasks", **selection.filters))


def _act(visit: Visit, selection: Selection, *, reason: str | None, dry_run: bool) -> Bulk:
    access = visit.deps.door.enter(TASK_PERMISSIONS[selection.verb])
    with refusals():
        return act_on_tasks(
            visit.deps.runtime(),
            filter_of(selection.conditions, access.owners, visit.redactor),
            selection.verb,
            actor=actor_of(access, reason),
            limit=min(visit.deps.settings.max_bulk_tasks, MOST_IDS),
            dry_run=dry_run,
        )


def _tasks(number: int) -> str:
    return "1 task" if number == 1 else f"{number} tasks"
