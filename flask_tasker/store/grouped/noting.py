"""The part of the statement that records which writes the annotations of the steps that it completes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from ...models import TaskAnnotation
from ..by_key import is_key_of
from ..tables import table_of
from .arrays import unnested
from .completing import clock, done

Note = tuple[int, int, Mapping[str, Any]]
"""Annotation type id, step id, JSON."""


def parameters_of(notes: Iterable[tuple[int, Note]]) -> dict[str, Sequence[Any]]:
    """Notes, each with the key of the completed step that it rides with; the latest of a type and step comes last."""
    rows = [(rides_with, type_id, step_id, json.dumps(data)) for rides_with, (type_id, step_id, data) in notes]
    names = ("notes_of", "note_types", "note_steps", "notes")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def written_notes() -> sa.CTE:
    """The notes on what is completed here; nothing is written of a step that is not."""
    given = unnested(
        {
            "rides_with": ("notes_of", sa.BigInteger()),
            "type_id": ("note_types", sa.BigInteger()),
            "step_id": ("note_steps", sa.BigInteger()),
            "data": ("notes", JSONB()),
        }
    )
    key = [done.c.task_id, given.c.type_id, given.c.step_id]
    # One statement may not write a row twice: of several notes of a type on a step, the latest.
    turn = sa.func.row_number().over(partition_by=key, order_by=given.c.position.desc())
    notes = (
        sa.select(*key, given.c.data, turn.label("turn"))
        .select_from(given)
        .join(done, is_key_of(given.c.rides_with, done.c.workflow_step_id))
        .subquery("notes")
    )
    row = [notes.c.task_id, notes.c.type_id, notes.c.step_id]
    latest = (
        sa.select(*row, notes.c.data, clock.c.now, clock.c.now)
        .select_from(notes.join(clock, sa.true()))
        .where(notes.c.turn == 1)
        .order_by(*row)
    )
    table = table_of(TaskAnnotation)
    columns = ["task_id", "annotation_type_id", "workflow_step_id", "annotation", "created_at", "updated_at"]
    insert = postgresql.insert(table).from_select(columns, latest)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["task_id", "annotation_type_id", "workflow_step_id"],
        set_={"annotation": new.annotation, "updated_at": new.updated_at},
        where=sa.cast(table.c.annotation, sa.Text) != sa.cast(new.annotation, sa.Text),
    ).cte("noted")
