"""What happened to a task, who did it and why."""

from __future__ import annotations

from typing import Any, Final

from ..extension import State
from ..models import Task
from ..redaction import Redactor
from ..store.reading import Page, TransitionReading, list_transitions, reading
from ..web.api.dumping import dumped_without
from ..web.api.ids import LARGEST
from ..web.api.schemas import TRANSITION
from ..web.redacting import told
from .text import moment
from .view import Table

ALL: Final = Page(limit=LARGEST)
"""No pages: each would sort the whole history anew, and all of it is wanted."""
COLUMNS: Final = ("WHEN", "STEP", "FROM", "TO", "ATTEMPT", "ACTOR", "REASON", "ERROR")


def history_table(state: State, task: Task) -> Table:
    """Every transition of a task and its steps, in the order of time."""
    return Table.of(COLUMNS, [_row(one, state.settings.redactor) for one in _transitions(state, task)])


def history_body(state: State, task: Task) -> dict[str, Any]:
    """The same, as the API has it."""
    return {"transitions": dumped_without(state.settings.redactor, TRANSITION, _transitions(state, task))}


def _transitions(state: State, task: Task) -> list[TransitionReading]:
    with reading(state.reading_engine()) as session:
        return list_transitions(session, task, ALL)


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
