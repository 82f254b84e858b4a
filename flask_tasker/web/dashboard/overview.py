"""The overview: how all tasks get on that someone may see."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from .overview_page.asked import Asked
from .overview_page.current import current
from .overview_page.view import shown
from .rendering import html, page
from .visit import Visit


def show(visit: Visit) -> Response:
    """The page; with a script, its figures are asked for again every few seconds."""
    return page(visit, "overview.html", title="Overview", **_values(visit))


def figures(visit: Visit) -> Response:
    """The figures alone, which take the place of those that the page has."""
    return html("overview/figures.html", redactor=visit.redactor, **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    access = visit.deps.door.enter("tasker.task:index")
    sees_all = access.owners is None
    figures = current(visit.deps, access.owners)
    told = shown(figures, sees_all=sees_all, sees_workers=sees_all and visit.sees_workers)
    return {"asked": Asked.of(request.args), **told}
