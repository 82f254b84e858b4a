"""Which tasks are meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict


class TaskFilters(TypedDict, total=False):
    """What a task must have, each of what is given; times are aware datetimes or ISO 8601."""

    status: str
    name: str
    namespace: str
    initiator: str
    source_system: str
    tag: str
    annotation_type: str
    annotation_key: str
    annotation_value: str
    requested_after: datetime | str
    requested_before: datetime | str


def as_query(filters: Mapping[str, Any]) -> dict[str, str]:
    """The filters as the server reads them.

    A filter that does not exist or says nothing is refused here: dropped, it would widen a bulk verb to every task.

    Raises:
        TypeError: an unknown filter, or a value that is neither text nor a moment.
        ValueError: a datetime without a time zone.
    """
    return {name: _text(_known(name), value) for name, value in filters.items()}


def _known(name: str) -> str:
    known = list(TaskFilters.__annotations__)
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise TypeError(f"no filter is named {name!r}; {meant}")
    return name


def _text(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name} must have a time zone, got {value!r}; add tzinfo=UTC if that is what it is")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, got {value!r}; leave a filter out that is not to count")
    # An enumeration's member may be text whose str() is not its value.
    return str.__str__(value)
