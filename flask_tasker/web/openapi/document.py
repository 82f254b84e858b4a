"""The whole document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from . import faults
from .examples import with_examples
from .links import links_of
from .operations import operation_of
from .parameters import path_of, path_parameters

if TYPE_CHECKING:
    from ..api.call import Call

TITLE: Final = "Flask Tasker"
DESCRIPTION: Final = """Durable tasks of several steps: start them, see where they stand, mend them.

Answers are JSON whatever `Accept` says, times are ISO 8601 in UTC, ids are numbers. A path that is unknown and a method
that a path does not take are both answered with 404. `x-required-permission` is what the app's `authorize` callback is
asked for."""


def document_of(calls: Sequence[Call], *, server: str, openapi_version: str = "3.1.0") -> dict[str, Any]:
    """The document of ``calls``, which are served below ``server``."""
    spec = APISpec(
        title=TITLE,
        version=version("flask-tasker"),
        openapi_version=openapi_version,
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
        info={"description": DESCRIPTION},
        servers=[{"url": server}],
        tags=[{"name": tag} for tag in dict.fromkeys(call.tag for call in calls)],
    )
    _add_faults(spec, {status for call in calls for status in call.refusals})
    links = links_of(calls)
    for call in calls:
        spec.path(
            path_of(call),
            parameters=path_parameters(call),
            operations={
                method.lower(): operation_of(call, method, links=links.get(call.name, {})) for method in call.methods
            },
        )
    return with_examples(spec.to_dict())


def _schema_name(schema: type[Schema] | Schema) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _add_faults(spec: APISpec, statuses: Iterable[int]) -> None:
    for status in sorted(statuses):
        shapes = faults.SHAPES.get(status, (faults.StatusFault,))
        examples = {name: {"value": value} for name, value in faults.EXAMPLES[status].items()}
        schema: Any = shapes[0] if len(shapes) == 1 else {"anyOf": list(shapes)}
        response = {
            "description": faults.DESCRIPTIONS[status],
            "content": {"application/json": {"schema": schema, "examples": examples}},
            "headers": dict(faults.HEADERS.get(status, {})),
        }
        spec.components.response(faults.name_of(status), response)
