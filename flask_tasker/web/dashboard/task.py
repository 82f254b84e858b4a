"""One task: its page, and the part of it that follows the task."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from markupsafe import Markup

from ...store.reading import TaskVersion
from ..api.ids import id_of
from .navigation import url
from .offers import offered_for_task
from .rendering import html_of, page, part
from .shared import SharedByDatabase
from .task_page.addresses import Addresses
from .task_page.asked import Asked
from .task_page.current import current, tag_of
from .task_page.excerpts import at_length
from .task_page.snapshot import snapshot
from .task_page.view import TaskView
from .visit import Visit

STOP_FOLLOWING: Final = 286
"""Tells htmx to ask no more."""
HISTORY: Final = "tasker.transition:index"
SECONDS: Final = 10.0
MOST: Final = 32

_parts: Final = SharedByDatabase[Markup](seconds=SECONDS, most=MOST)


def show(visit: Visit, task_id: str) -> Response:
    """The page of a task, as it is now: whoever has just done something to it must see that."""
    asked = Asked.of(request.args)
    version = current(visit, id_of(task_id), afresh=True)
    return page(
        visit,
        "task.html",
        title=f"Task {version.row.task_id}",
        live=_live(visit, version, asked),
        context=at_length(visit.redactor.redacted(version.row.context)),
        json=url("task_json", task_id=version.row.task_id),
    )


def follow(visit: Visit, task_id: str) -> Response:
    """What changes on the page of a task, where it has changed since: else 304, for which one asks on behalf of all."""
    asked = Asked.of(request.args)
    version = current(visit, id_of(task_id))
    tag = tag_of(version, asked)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304, headers={"Cache-Control": "no-store"})
    else:
        response = html_of(_live(visit, version, asked), status=STOP_FOLLOWING if version.is_final else 200)
    response.set_etag(tag, weak=True)
    return response


def _live(visit: Visit, version: TaskVersion, asked: Asked) -> Markup:
    """The part that changes: made once for all who may see and do the same. It has no token: that is the page's."""
    row = version.row
    verbs = offered_for_task(visit, row)
    sees_history = visit.may(HISTORY, row)
    # Under which address the app is reached is part of every link.
    sees_workers = visit.sees_workers
    key = (url("show_task", task_id=row.task_id), tag_of(version, asked), tuple(verbs), sees_history, sees_workers)

    def made() -> Markup:
        taken = snapshot(visit.deps, version, asked)
        addresses = Addresses(task_id=row.task_id, asked=asked, steps=taken.steps)
        view = TaskView(
            snapshot=taken, asked=asked, addresses=addresses, redactor=visit.redactor, sees_workers=sees_workers
        )
        values = {"view": view, "task": version, "verbs": verbs, "token": None, "sees_history": sees_history}
        values["streams"] = visit.deps.settings.sse_max_streams > 0
        return part("task/live.html", redactor=visit.redactor, **values)

    return _parts.of(visit.deps.engine()).get(key, made) or Markup()
