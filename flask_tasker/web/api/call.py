"""One call of the API: how it is reached, what it takes and gives, and who may make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from marshmallow import Schema

from ..dependencies import ApiDependencies

Handler = Callable[..., Response]
"""``handler(deps, **values)``: the values are those of the path, as text."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is routed, documented and checked.

    Attributes:
        methods: the HTTP methods; the first is the one that is meant.
        path: below the prefix, with placeholders as Werkzeug has them.
        name: the endpoint, and the id of the operation in the OpenAPI document.
        permission: what the callback is asked for; ``None``: always open.
        query: the schema of the query.
        body: the schema of the body.
        answer: the schema of the body of a success, and its status.
        errors: the statuses with which it may refuse beside those that every call has.
        headers: names of headers that it heeds, with what they are for.
    """

    methods: Sequence[str]
    path: str
    name: str
    handler: Handler
    summary: str
    permission: str | None
    answer: type[Schema] | None = None
    status: int = 200
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    errors: Sequence[int] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def placeholders(self) -> list[str]:
        """The names in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("<")]

    def bound(self, deps: ApiDependencies) -> Callable[..., Response]:
        """The handler for one app."""

        def view(**values: Any) -> Response:
            return self.handler(deps, **values)

        return view
