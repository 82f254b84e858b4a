"""Scalars: JSON as it is, moments as REST writes them, and an Int that holds every id."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NewType

import strawberry
from graphql import GraphQLScalarType
from strawberry.types.scalar import ScalarDefinition

from ..api.schemas import moment_text

JSON = NewType("JSON", object)
"""Any JSON."""

RANGE: Final = range(-(2**63), 2**63)


def _whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    if value not in RANGE:
        raise ValueError("must be a whole number of 64 bits")
    return value


def _moment(value: Any) -> str:
    # None is an argument. A moment that a client gives is text, checked where it is used.
    return moment_text(value)


_LARGE: Final = GraphQLScalarType(
    "Large", description="A whole number of up to 64 bits.", serialize=_whole, parse_value=_whole
)
# Clients declare ids as Int, and ids here have 64 bits, the specification's Int 32. graphql-core refuses only to make
# another type of that name, not to have one.
_LARGE.name = "Int"

SCALARS: Final[dict[object, ScalarDefinition]] = {
    int: replace(strawberry.scalar(name="Int"), implementation=_LARGE),
    JSON: strawberry.scalar(name="JSON", description="Any JSON.", serialize=lambda value: value),
    datetime: strawberry.scalar(
        name="ISO8601DateTime",
        description="A moment in ISO 8601, in UTC with milliseconds.",
        serialize=_moment,
    ),
}
