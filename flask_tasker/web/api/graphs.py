"""The graph of a task."""

from __future__ import annotations

from flask import Response, request
from marshmallow import EXCLUDE, Schema, fields

from ...store.reading import TaskReading, find_task, reading
from ..dependencies import ApiDependencies
from ..graph import Graph, Node
from ..refusal import RefusedError
from .answer import revalidated, revalidated_text
from .graph_schema import graph_body
from .ids import id_of
from .tasks import entered


class FormatSchema(Schema):
    """The query of a graph."""

    class Meta:
        unknown = EXCLUDE

    format = fields.String(metadata={"description": "`mermaid`: a diagram in text; else JSON"})


def show(deps: ApiDependencies, task_id: str) -> Response:
    """Nodes, edges and levels; or a Mermaid diagram."""
    entered(deps, "tasker.task:show", task_id)
    with reading(deps.engine()) as session:
        task = find_task(session, id_of(task_id))
    if task is None:
        raise RefusedError(404)
    graph = graph_of(task)
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
