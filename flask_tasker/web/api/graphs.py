"""The graph of a task."""

from __future__ import annotations

from flask import Response, request
from marshmallow import EXCLUDE, Schema, fields

from ...store.reading import TaskReading
from ..dependencies import ApiDependencies
from ..graph import Graph, Node
from .answer import revalidated, revalidated_text
from .graph_schema import graph_body
from .tasks import shown


class FormatSchema(Schema):
    """The query of a graph."""

    class Meta:
        unknown = EXCLUDE

    format = fields.String(metadata={"description": "`mermaid`: a diagram in text; else JSON"})


def show(deps: ApiDependencies, task_id: str) -> Response:
    """Nodes, edges and levels; or a Mermaid diagram."""
    graph = graph_of(shown(deps, task_id))
    if request.args.get("format") == "mermaid":
        return revalidated_text(graph.mermaid(), "text/plain")
    return revalidated({"graph": graph_body(graph)})


def graph_of(task: TaskReading) -> Graph:
    """The graph that a task's steps form."""
    return Graph(
        nodes=[
            Node(key=step.row.workflow_step_id, name=step.row.name, status=step.row.status)
            for step in task.workflow_steps
        ],
        parents={step.row.workflow_step_id: step.parent_ids for step in task.workflow_steps},
    )
