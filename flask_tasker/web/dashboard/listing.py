"""The list of tasks: filtered, sorted, and a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request

from ...store.reading import Page, Parts, Progress, TaskFilter, TaskListing, list_tasks, progress_by_task, reading
from ...typing import HandlerKey
from ..api.cursor import cursor_of, page_after, refuse_telling
from ..api.filtering import TaskQuerySchema, filter_of
from ..api.loading import loaded
from ..api.paging import paged
from ..refusal import RefusedError
from .filter_form import NAMES, filter_fields, filters_in
from .handlers import INDEX
from .navigation import url
from .offers import offered_for_many
from .rendering import page
from .visit import Visit

LEAN: Final = Parts(steps=False, edges=False, annotations=False, context=False)
NEWEST_FIRST: Final = {"sort_order": "desc"}
SORTED: Final = (("task_id", "Task"), ("status", "State"), ("requested_at", "Requested"))
"""Columns that have an index in their order."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """The head of a column that the list may be sorted by.

    Attributes:
        order: how the list is sorted by it now: ``ascending``, ``descending`` or not.
        address: of the list sorted by it, or the other way round where it is.
    """

    label: str
    order: str
    address: str


def index(visit: Visit) -> Response:
    """A page of tasks, or the form with what is wrong with the filters."""
    access = visit.deps.door.enter("tasker.task:index")
    said = {name: value for name, value in request.args.items() if value}
    try:
        query = loaded(TaskQuerySchema(), {**NEWEST_FIRST, **said})
        which = filter_of(query, access.owners, visit.redactor)
        wanted = _wanted(visit, query, which)
    except RefusedError as refusal:
        return _shown(visit, said, faults=refusal.faults, status=refusal.status)
    with reading(visit.deps.engine()) as session:
        listing = list_tasks(session, wanted, which, LEAN)
        progress = progress_by_task(session, [task.row.task_id for task in listing.tasks])
    return _shown(visit, said, wanted=wanted, listing=listing, progress=progress)


def _wanted(visit: Visit, query: Mapping[str, Any], which: TaskFilter) -> Page:
    wanted = which.ordered(paged(query, max_size=visit.deps.settings.max_page_size))
    wanted = page_after(query["cursor"], limit=wanted.limit) if "cursor" in query else wanted
    refuse_telling(wanted, visit.redactor)
    return wanted


def _shown(
    visit: Visit,
    said: Mapping[str, str],
    *,
    wanted: Page | None = None,
    listing: TaskListing | None = None,
    progress: Mapping[int, Progress] | None = None,
    faults: Mapping[str, Sequence[str]] | None = None,
    status: int = 200,
) -> Response:
    filters = filters_in(said)
    return page(
        visit,
        "tasks.html",
        title="Tasks",
        status=status,
        fields=list(filter_fields(said, faults or {}, _suggested(visit))),
        other_faults=[
            f"{name}: {text}" for name, texts in (faults or {}).items() if name not in NAMES for text in texts
        ],
        faults=faults or {},
        filters=filters,
        columns=[_column(name, label, filters, wanted) for name, label in SORTED],
        tasks=[] if listing is None else listing.tasks,
        progress=progress or {},
        verbs=offered_for_many(visit),
        is_first="cursor" not in said,
        first=url("list_tasks", **_kept(said)),
        next=_next(said, wanted, listing),
    )


def _suggested(visit: Visit) -> Collection[HandlerKey]:
    return visit.deps.handlers.keys() if visit.may(INDEX) else ()


def _column(name: str, label: str, filters: Mapping[str, str], wanted: Page | None) -> Column:
    order = ""
    if wanted is not None and wanted.sort_by == name:
        order = "descending" if wanted.descending else "ascending"
    other = "asc" if order == "descending" else "desc"
    return Column(label=label, order=order, address=url("list_tasks", **filters, sort_by=name, sort_order=other))


def _next(said: Mapping[str, str], wanted: Page | None, listing: TaskListing | None) -> str | None:
    if wanted is None or listing is None or listing.next is None:
        return None
    return url("list_tasks", **_kept(said), cursor=cursor_of(wanted, listing.next))


def _kept(said: Mapping[str, str]) -> dict[str, str]:
    """What stays in the address from page to page."""
    of_the_list = {name: said[name] for name in ("sort_by", "sort_order", "limit") if name in said}
    return {**filters_in(said), **of_the_list}
