"""One task: its page, and the part of it that follows the task."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from ...store.reading import TaskVersion
from ..api.ids import id_of
from .rendering import html, page
from .task_page.addresses import Addresses
from .task_page.asked import Asked
from .task_page.current import current, tag_of
from .task_page.excerpts import at_length
from .task_page.snapshot import snapshot
from .task_page.view import TaskView
from .visit import Visit

STOP_FOLLOWING = 286
"""Tells htmx to ask no more."""


def show(visit: Visit, task_id: str) -> Response:
    """The page of a task, as it is now: whoever has just done something to it must see that."""
    asked = Asked.of(request.args)
    version = current(visit, id_of(task_id), afresh=True)
    return page(
        visit,
        "task.html",
        title=f"Task {version.row.task_id}",
        context=at_length(version.row.context),
        **_shown(visit, version, asked),
    )


def follow(visit: Visit, task_id: str) -> Response:
    """What changes on the page of a task, where it has changed since: else 304, for which one asks on behalf of all."""
    asked = Asked.of(request.args)
    version = current(visit, id_of(task_id))
    tag = tag_of(version, asked)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        shown = _shown(visit, version, asked)
        response = html("task/live.html", status=STOP_FOLLOWING if shown["view"].is_final else 200, **shown)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(visit: Visit, version: TaskVersion, asked: Asked) -> dict[str, Any]:
    taken = snapshot(visit.deps, version, asked)
    addresses = Addresses(task_id=version.row.task_id, asked=asked, steps=taken.steps)
    return {
        "view": TaskView(snapshot=taken, asked=asked, addresses=addresses),
        "sees_history": visit.may("tasker.transition:index", version.row),
    }
