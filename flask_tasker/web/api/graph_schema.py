"""Graphs as the API shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from ..graph import Graph


class NodeSchema(Schema):
    """A step in a graph."""

    workflow_step_id = fields.Integer()
    name = fields.String()
    status = fields.String()
    level = fields.Integer(metadata={"description": "how many steps come before it at least"})


class EdgeSchema(Schema):
    """That ``child`` waits for ``parent``: ids of steps, or names in a handler's graph."""

    parent = fields.Raw()
    child = fields.Raw()


class GraphSchema(Schema):
    """The steps of a task, what waits for what, and the steps by level."""

    nodes = fields.List(fields.Nested(NodeSchema))
    edges = fields.List(fields.Nested(EdgeSchema))
    levels = fields.List(fields.List(fields.Raw()))


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
