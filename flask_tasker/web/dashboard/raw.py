"""What a page shows the beginning of, as it is: the answers of the API, at addresses of the dashboard's own.

The API may be elsewhere, or nowhere: the dashboard can be registered without it.
"""

from __future__ import annotations

from flask import Response

from ..api import graphs, steps, tasks
from .visit import Visit


def task(visit: Visit, task_id: str) -> Response:
    """A task as JSON."""
    return tasks.show(visit.deps, task_id)


def graph(visit: Visit, task_id: str) -> Response:
    """Its graph as JSON, or as a Mermaid diagram."""
    return graphs.show(visit.deps, task_id)


def step(visit: Visit, task_id: str, step_id: str) -> Response:
    """A step as JSON."""
    return steps.show(visit.deps, task_id, step_id)
