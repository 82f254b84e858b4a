"""What happened to a task, who did it and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..extension import State
from ..redaction import Redactor
from ..store.reading import Page, TaskReading, TransitionReading, list_transitions, reading
from ..web.api.dumping import dumped_without
from ..web.api.schemas import TRANSITION
from ..web.redacting import told
from .text import moment
from .view import Table

PAGE: Final = 500
COLUMNS: Final = ("WHEN", "STEP", "FROM", "TO", "ATTEMPT", "ACTOR", "REASON", "ERROR")


def history_table(state: State, task: TaskReading) -> Table:
    """Every transition of a task and its steps, in the order of time."""
    return Table.of(COLUMNS, [_row(one, state.settings.redactor) for one in _transitions(state, task)])


def history_body(state: State, task: TaskReading) -> dict[str, Any]:
    """The same, as the API has it."""
    return {"transitions": dumped_without(state.settings.redactor, TRANSITION, list(_transitions(state, task)))}


def _transitions(state: State, task: TaskReading) -> Iterator[TransitionReading]:
    with reading(state.reading_engine()) as session:
        offset = 0
        while page := list_transitions(session, task.row, Page(limit=PAGE, offset=offset)):
            yield from page
            offset += PAGE


def _row(one: TransitionReading, redactor: Redactor) -> list[object]:
    return [
        moment(one.created_at),
        one.step_name,
        one.from_status,
        one.to_status,
        one.attempt,
        one.actor,
        told(redactor, one.reason),
        told(redactor, one.error),
    ]
