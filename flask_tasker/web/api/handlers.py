"""The handlers that this app has."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, Schema, fields

from ...errors import UnknownHandlerError
from ...handlers import HandlerDefinition, StepTemplate
from ..dependencies import ApiDependencies
from ..graph import Graph, Node
from ..refusal import RefusedError
from .answer import revalidated
from .context_document import document_of
from .graph_schema import graph_body


class VersionSchema(Schema):
    """The query of one handler."""

    class Meta:
        unknown = EXCLUDE

    version = fields.String(metadata={"description": "which; the numerically highest one unless given"})


def index(deps: ApiDependencies, namespace: str | None = None) -> Response:
    """All handlers, or those of a namespace."""
    deps.door.enter("tasker.handler:index")
    found = [one for one in deps.handlers if namespace in (None, one.key[0])]
    return revalidated({"handlers": [handler_body(one) for one in found]})


def show(deps: ApiDependencies, namespace: str, name: str) -> Response:
    """One handler."""
    deps.door.enter("tasker.handler:show")
    try:
        found = deps.handlers.get(name, namespace=namespace, version=request.args.get("version"))
    except UnknownHandlerError:
        raise RefusedError(404) from None
    return revalidated({"handler": handler_body(found)})


def handler_body(definition: HandlerDefinition) -> dict[str, Any]:
    """What is shown of a handler."""
    namespace, name, version = definition.key
    graph = graph_body(graph_of(definition))
    return {
        "namespace": namespace,
        "name": name,
        "version": version,
        "full_name": definition.full_name,
        "description": definition.description,
        "steps": [_step_body(template) for template in definition.graph.templates.values()],
        "edges": graph["edges"],
        "levels": graph["levels"],
        "schema": document_of(definition.context_schema),
    }


def graph_of(definition: HandlerDefinition) -> Graph:
    """The graph that a handler's templates form."""
    templates = definition.graph.templates
    parents: dict[int | str, tuple[str, ...]] = {name: template.parents for name, template in templates.items()}
    return Graph(nodes=[Node(key=name, name=name) for name in templates], parents=parents)


def _step_body(template: StepTemplate) -> dict[str, Any]:
    return {
        "name": template.name,
        "dependent_system": template.dependent_system,
        "description": template.description,
        "depends_on_steps": list(template.parents),
        "retryable": template.default_retryable,
        "retry_limit": template.default_retry_limit,
        "skippable": template.skippable,
        "transactional": template.transactional,
        "timeout_seconds": None if template.timeout is None else template.timeout.total_seconds(),
    }
