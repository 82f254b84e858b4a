"""Which part of a list a client asks for, and in which order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from flask import Request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser

from ...store.reading import Page
from ..refusal import RefusedError

DEFAULT_LIMIT: Final = 20
LARGEST: Final = 2**62
_DIGITS: Final = re.compile("[0-9]+")


class Count(fields.Integer):
    """A number of rows, in ASCII digits. One that no table reaches is as good as the largest."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise ValidationError("must be a whole number, 0 or more")
        digits = value.lstrip("0")
        return min(int(digits or 0), LARGEST) if len(digits) < len(str(LARGEST)) else LARGEST


class PlainPageSchema(Schema):
    """The query of a list that has an order of its own."""

    class Meta:
        unknown = EXCLUDE

    limit = Count(load_default=DEFAULT_LIMIT, metadata={"description": "how many rows at most, up to a cap"})
    offset = Count(load_default=0, metadata={"description": "how many rows to pass over"})
    sort_order = fields.String(load_default="asc", metadata={"description": "`asc` or `desc`; else `asc`"})


class PageSchema(PlainPageSchema):
    """The query of a list."""

    sort_by = fields.String(load_default="", metadata={"description": "a column; one that is unknown means the id"})


class QueryParser(FlaskParser):
    """A parser of our own: what the host made of webargs' shared one is not for us."""

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_options: Any) -> NoReturn:
        """Refuse the request, naming the fields."""
        raise RefusedError.for_fields(error.messages_dict["query"])


_parser: Final = QueryParser()


def query_of(request: Request, schema: type[Schema]) -> dict[str, Any]:
    """The query of a request, checked by ``schema``; what it does not know is ignored.

    Raises:
        RefusedError: 400 naming the fields.
    """
    found: dict[str, Any] = _parser.parse(schema(), request, location="query")
    return found


def page_of(request: Request, *, max_size: int) -> Page:
    """The page that the request's query names, at most ``max_size`` rows.

    Raises:
        RefusedError: 400 naming the field, where ``limit`` or ``offset`` is negative or no number.
    """
    return paged(query_of(request, PageSchema), max_size=max_size)


def paged(query: Mapping[str, Any], *, max_size: int) -> Page:
    """The page that a query that was checked names."""
    return Page(
        limit=min(query["limit"], max_size),
        offset=query["offset"],
        sort_by=query.get("sort_by", ""),
        descending=query["sort_order"] == "desc",
    )
