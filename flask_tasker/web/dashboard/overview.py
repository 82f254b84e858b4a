"""The dashboard's own address."""

from __future__ import annotations

from flask import Response

from .navigation import see
from .visit import Visit


def show(_visit: Visit) -> Response:
    """To the list of tasks."""
    return see("list_tasks")
