"""The way around: what stands in the head of every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request, url_for

PLACES: Final = (("overview", "Overview"), ("list_tasks", "Tasks"), ("list_handlers", "Handlers"))
"""Names of routes, and what people call them."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A place, and where the page that is shown stands: at it (``page``), below it (``true``), or elsewhere (empty)."""

    label: str
    address: str
    current: str


def url(name: str, /, **values: Any) -> str:
    """The address of a route of ours, wherever and under whatever name the blueprint is registered."""
    return url_for(f".{name}", **values)


def see(name: str, /, **values: Any) -> Response:
    """Send the browser to a page of ours, which it asks for by GET."""
    return Response(status=303, headers={"Location": url(name, **values)})


def links() -> Iterator[Link]:
    """The navigation, for the page of this request."""
    here = f"{request.script_root}{request.path}"
    for name, label in PLACES:
        address = url(name)
        below = "true" if name != "overview" and here.startswith(f"{address}/") else ""
        yield Link(label=label, address=address, current="page" if here == address else below)
