"""A handler's annotations after an outcome."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..handlers import Annotation, HandlerDefinition, storable
from ..lifecycle import StepChange
from ..logs import Bound, bound_fields
from ..store.claims import ClaimedStep, TaskFacts
from ..store.results import step_ids_by_name
from .logged import attempt_fields
from .runtime import Runtime
from .view import changed_view, sequence_of, task_view

logger = logging.getLogger(__name__)

Note = tuple[int, int, Mapping[str, Any]]


def notes_on(
    runtime: Runtime,
    definition: HandlerDefinition,
    facts: TaskFacts,
    step: ClaimedStep,
    change: StepChange,
    *,
    within: sa.Connection | None = None,
) -> list[Note]:
    """What ``update_annotations`` has to say of ``change``, ready to be written: (type id, step id, JSON).

    It runs before the record, with the outcome applied in memory. An exception in it is logged and fails nothing.
    """
    if not definition.annotates:
        return []
    with Bound(partial(attempt_fields, runtime, facts, step)):
        try:
            view = changed_view(step, change)
            sequence = sequence_of(runtime.database, step.task_id, changed=view)
            with runtime.app_context():
                found = definition.annotations(task_view(facts), sequence, [view])
            return _resolved(runtime, step, found, within)
        except BaseException:
            # SystemExit as well: the step has its outcome, which must be recorded.
            text = "update_annotations of %s failed after step %r"
            logger.exception(text, definition.full_name, step.name, extra=bound_fields())
            return []


def _resolved(runtime: Runtime, step: ClaimedStep, found: list[Annotation], within: sa.Connection | None) -> list[Note]:
    if not found:
        return []
    types = runtime.catalogue.annotation_types(runtime.database, [note.type for note in found], within=within)
    named = {note.step for note in found if note.step not in (None, step.name)}
    ids = {step.name: step.step_id}
    if named:
        wanted = [name for name in named if name is not None]
        ids |= runtime.database.read(lambda connection: step_ids_by_name(connection, step.task_id, wanted))
    notes = {
        (types[note.type], ids[note.step or step.name]): storable(dict(note.data), f"annotation {note.type!r}")
        for note in found
    }
    return [(type_id, step_id, data) for (type_id, step_id), data in sorted(notes.items(), key=lambda item: item[0])]
