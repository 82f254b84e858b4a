"""Lists of tasks that are asked for: each filter where it has much, little and nothing; each order, near and far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from benchmarks.long_history import LongHistory
from flask_tasker.store.reading import Page, Position
from flask_tasker.web.api.cursor import cursor_of

SORTED: Final = ("task_id", "status", "requested_at")
PLAIN: Final[Mapping[str, Mapping[str, str]]] = {
    "all": {},
    "state, nearly all": {"status": "complete"},
    "state, one in 1,000": {"status": "error"},
    "state, none": {"status": "cancelled"},
    "name, nearly all": {"name": "W1"},
    "name, the oldest 30": {"name": "W2"},
    "name, none": {"name": "nothing"},
    "namespace, all": {"namespace": "default"},
    "namespace, none": {"namespace": "nothing"},
    "name and state, none": {"name": "W2", "status": "error"},
    "tag, one in 1,000": {"tag": "urgent"},
    "tag, none": {"tag": "nothing"},
    "initiator, nearly all": {"initiator": "history"},
    "initiator, one in 1,000": {"initiator": "ann"},
    "initiator, none": {"initiator": "nobody"},
    "source system, none": {"source_system": "nothing"},
    "reason, nearly all": {"reason": "unknown"},
    "reason, one in 1,000": {"reason": "reprint"},
    "reason, none": {"reason": "nothing like it"},
    "annotation type, nearly all": {"annotation_type": "invoice"},
    "annotation type, none": {"annotation_type": "nothing"},
    "annotation, none": {"annotation_type": "invoice", "annotation_key": "number", "annotation_value": "none"},
}
"""By what is filtered, and how many tasks there are of it: what an address says."""


@dataclass(frozen=True, kw_only=True)
class TaskList:
    """A list: what its address says, and whose tasks alone are seen."""

    query: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


def lists(history: LongHistory) -> dict[str, TaskList]:
    """All of them, by their names."""
    found = {**PLAIN, **_annotated(history), **_requested(), **dict(_orders(history))}
    return {**{name: TaskList(query=query) for name, query in found.items()}, **_owned()}


def _annotated(history: LongHistory) -> dict[str, Mapping[str, str]]:
    oldest = str(_row(history, "SELECT min(task_id) FROM tasker_task_annotations")[0])
    return {
        "annotation, the oldest": {"annotation_type": "invoice", "annotation_key": "number", "annotation_value": oldest}
    }


def _requested() -> dict[str, Mapping[str, str]]:
    now = datetime.now(UTC)
    since, until = (
        {"requested_after": (now - timedelta(days=15)).isoformat()},
        {"requested_before": (now - timedelta(days=14)).isoformat()},
    )
    return {"time, half of all": since, "time, one day": {**since, **until}}


def _orders(history: LongHistory) -> Iterator[tuple[str, Mapping[str, str]]]:
    for column in SORTED:
        middle = f"ORDER BY {column}, task_id LIMIT 1 OFFSET {history.tasks // 2}"
        value, key = _row(history, f"SELECT {column}, task_id FROM tasker_tasks {middle}")
        for order in ("asc", "desc"):
            page = Page(limit=20, sort_by=column, descending=order == "desc")
            yield f"by {column}, {order}", {"sort_by": column, "sort_order": order}
            yield f"by {column}, {order}, half way", {"cursor": cursor_of(page, Position(value=value, key=key))}


def _owned() -> dict[str, TaskList]:
    ann, nobody = {"X-Owner": "ann"}, {"X-Owner": "nobody"}
    return {
        "owner, one in 1,000": TaskList(query={}, headers=ann),
        "owner, none": TaskList(query={}, headers=nobody),
        "owner and state, none": TaskList(query={"status": "complete"}, headers=ann),
        "owner and reason, none": TaskList(query={"reason": "nothing like it"}, headers=ann),
    }


def _row(history: LongHistory, query: str) -> Sequence[Any]:
    return history.client.connection.exec_driver_sql(query).one()
