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
        by_token: whether a token in the settings lets a program in, without anybody being asked.
        action_permissions: what it is asked for besides, by the ``action`` in the body.
        query: the schema of the query.
        body: the schema of the body.
        answer: the schema of the body of a success, and its status.
        errors: the statuses with which it may refuse beside those that every call has.
        headers: names of headers that it heeds, with what they are for.
        answer_headers: names of headers that an answer may have, with what they are for; numbers.
        texts: media types of text in which it answers where it is asked to, or at all where it has no ``answer``.
        error_bodies: schemas of the bodies of refusals that are not like those of other calls.
        no_store: whether its answer is of the moment, and not to be kept.
        bare: the schema of the body without the property that wraps it, where that may be left out.
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
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    texts: Sequence[str] = ()
    error_bodies: Mapping[int, type[Schema]] = field(default_factory=dict)
    no_store: bool = False
    bare: type[Schema] | None = None
    by_token: bool = False
    action_permissions: Mapping[str, str] = field(default_factory=dict)

    @property
    def placeholders(self) -> list[str]:
        """The names in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("<")]

    @property
    def tag(self) -> str:
        """What it is about."""
        return "health" if self.permission is None else self.permission.partition(":")[0].removeprefix("tasker.")

    @property
    def is_revalidated(self) -> bool:
        """Whether its answer has an ETag: lists, what is shown, and what is updated."""
        return self.methods[0] in ("GET", "PATCH") and not self.no_store

    @property
    def refusals(self) -> frozenset[int]:
        """All statuses with which it may refuse."""
        guarded = () if self.permission is None else (401, 403)
        return frozenset({500, 503, *guarded, *self.errors, *(() if self.body is None else (413,))})

    def bound(self, deps: ApiDependencies) -> Callable[..., Response]:
        """The handler for one app."""

        def view(**values: Any) -> Response:
            return self.handler(deps, **values)

        return view
