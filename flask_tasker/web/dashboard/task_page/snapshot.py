"""All that the page of a task shows, read at one moment by a fixed number of statements; shared by those who look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from ....engine import why_each
from ....lifecycle import OPEN_STEP
from ....store.reading import (
    AnnotationExcerpt,
    Page,
    StepContents,
    StepMove,
    StepOutline,
    TaskVersion,
    TransitionReading,
    annotation_excerpts,
    list_transitions,
    reading,
    step_contents,
    step_edges,
    step_moves,
    step_outlines,
)
from ...dependencies import ApiDependencies
from ..shared import SharedByDatabase
from .asked import Asked
from .current import tag_of
from .excerpts import EXCERPT, sizes_read

ROWS: Final = 50
"""Steps of a page's table, and lines of its time line."""
ENTRIES: Final = 50
"""Lines of a page's history."""
NOTES: Final = 100
"""Annotations."""
MOVES: Final = 5_000
"""Changes of state in the time line."""
PARENTS: Final = 10
"""Names of open parents in one sentence."""
SECONDS: Final = 10.0
MOST: Final = 8


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A task and what belongs to it.

    Attributes:
        steps: all, without what they hold; ``rows`` are those of the page that is shown, and ``contents``, ``moves``
            and ``why`` are about them. ``why`` has the open ones.
        notes: one more annotation than is shown, if there are more.
        history: one line more than is shown, if there are more; the latest first.
    """

    version: TaskVersion
    steps: Sequence[StepOutline]
    parents: Mapping[int, Sequence[int]]
    rows: Sequence[StepOutline]
    contents: Mapping[int, StepContents]
    moves: Sequence[StepMove]
    why: Mapping[int, str]
    notes: Sequence[AnnotationExcerpt]
    history: Sequence[TransitionReading]


_snapshots: Final = SharedByDatabase[Snapshot](seconds=SECONDS, most=MOST)


def snapshot(deps: ApiDependencies, version: TaskVersion, asked: Asked) -> Snapshot:
    """What there is to see of a task that stands at ``version``."""
    key = (version.row.task_id, tag_of(version, asked))
    found = _snapshots.of(deps.engine()).get(key, lambda: _read(deps, version, asked))
    if found is None:
        raise LookupError("a snapshot is always read")
    return found


def _read(deps: ApiDependencies, version: TaskVersion, asked: Asked) -> Snapshot:
    task_id = version.row.task_id
    with reading(deps.engine()) as session:
        steps = step_outlines(session, task_id)
        parents = _parents(session, task_id)
        rows = _page_of(steps, asked.steps)
        shown = [step.workflow_step_id for step in rows]
        sizes = sizes_read(deps.settings.redactor)
        return Snapshot(
            version=version,
            steps=steps,
            parents=parents,
            rows=rows,
            contents=step_contents(session, shown, most=EXCERPT, **sizes),
            moves=step_moves(session, shown, limit=MOVES),
            why=_why(deps, session, rows, _open_parents(steps, parents)),
            notes=annotation_excerpts(session, task_id, limit=NOTES + 1, **sizes),
            history=list_transitions(session, version.row, history_page(asked.history)),
        )


def history_page(number: int) -> Page:
    """A page of the history, the latest first, and the line after it."""
    return Page(limit=ENTRIES + 1, offset=ENTRIES * (number - 1), descending=True)


def _page_of(steps: Sequence[StepOutline], number: int) -> Sequence[StepOutline]:
    return steps[ROWS * (number - 1) : ROWS * number]


def _parents(session: Session, task_id: int) -> Mapping[int, Sequence[int]]:
    parents: dict[int, list[int]] = {}
    for parent, child in step_edges(session, task_id):
        parents.setdefault(child, []).append(parent)
    return parents


def _open_parents(steps: Sequence[StepOutline], parents: Mapping[int, Sequence[int]]) -> Mapping[int, Sequence[str]]:
    names = {step.workflow_step_id: step.name for step in steps if step.status in OPEN_STEP}
    return {
        child: [names[parent] for parent in theirs if parent in names][:PARENTS] for child, theirs in parents.items()
    }


def _why(
    deps: ApiDependencies, session: Session, rows: Sequence[StepOutline], parents: Mapping[int, Sequence[str]]
) -> Mapping[int, str]:
    still_open = [step.workflow_step_id for step in rows if step.status in OPEN_STEP]
    return why_each(deps.runtime(), session.connection(), still_open, parents)
