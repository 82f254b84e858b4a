"""Graphs as the API shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from ...lifecycle import StepStatus
from ..graph import Graph
from .shown import Shown, Status


class NodeSchema(Shown):
    """A step in a graph."""

    workflow_step_id = fields.Integer()
    name = fields.String()
    status = Status(StepStatus)
    level = fields.Integer(metadata={"description": "how many steps come before it at least"})


class EdgeSchema(Shown):
    """That ``child`` waits for ``parent``: ids of steps."""

    parent = fields.Integer()
    child = fields.Integer()


class HandlerEdgeSchema(Shown):
    """That ``child`` waits for ``parent``: names of steps."""

    parent = fields.String()
    child = fields.String()


class GraphSchema(Shown):
    """The steps of a task, what waits for what, and the steps by level."""

    nodes = fields.List(fields.Nested(NodeSchema))
    edges = fields.List(fields.Nested(EdgeSchema))
    levels = fields.List(fields.List(fields.Integer()))


def graph_body(graph: Graph) -> dict[str, Any]:
    """What ``GraphSchema`` says."""
    return {
        "nodes": [
            {
                "workflow_step_id": node.key,
                "name": node.name,
                "status": node.status,
                "level": graph.level_of[node.key],
            }
            for node in graph.nodes
        ],
        "edges": [{"parent": parent, "child": child} for parent, child in graph.edges],
        "levels": [list(level) for level in graph.levels],
    }
