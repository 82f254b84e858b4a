"""The dashboard's own address."""

from __future__ import annotations

from flask import Response, redirect

from .navigation import url
from .visit import Visit


def show(_visit: Visit) -> Response:
    """To the list of tasks."""
    return redirect(url("list_tasks"))  # type: ignore[return-value]
