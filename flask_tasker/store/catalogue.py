"""Catalogue rows and annotation types: found or created without a race."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..handlers import HandlerDefinition, StepTemplate
from ..models import AnnotationType, DependentSystem, NamedStep, NamedTask, NamedTasksNamedStep
from ..typing import HandlerKey
from .clock import Clock, time_now
from .tables import table_of


def insert_or_ignore(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet; what others insert at the same moment is waited for, not doubled."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def named_task_id(connection: sa.Connection, clock: Clock, definition: HandlerDefinition) -> int:
    """The key of the kind of task, found or created with the rows of its steps and their systems."""
    found = _find_named_task(connection, definition.key)
    if found is not None:
        return found
    namespace, name, version = definition.key
    row = {"namespace": namespace, "name": name, "version": version, "description": definition.description}
    insert_or_ignore(connection, table_of(NamedTask), [row | {"created_at": time_now(connection, clock)}])
    return cast("int", _find_named_task(connection, definition.key))


def named_step_ids(
    connection: sa.Connection, clock: Clock, task_id: int, templates: Iterable[StepTemplate]
) -> dict[str, int]:
    """The keys of the kinds of step, by name; created and tied to the kind of task ``task_id`` where they are new."""
    # Sorted, so that two processes that create the same rows wait for each other in one direction only.
    wanted = sorted(templates, key=lambda template: (template.dependent_system, template.name))
    systems = _systems(connection, clock, sorted({template.dependent_system for template in wanted}))
    ids = _steps(connection, clock, [(systems[template.dependent_system], template) for template in wanted])
    insert_or_ignore(
        connection,
        table_of(NamedTasksNamedStep),
        [
            {
                "named_task_id": task_id,
                "named_step_id": ids[template.name],
                "skippable": template.skippable,
                "default_retryable": template.default_retryable,
                "default_retry_limit": template.default_retry_limit,
            }
            for template in wanted
        ],
    )
    return ids


def annotation_type_ids(connection: sa.Connection, clock: Clock, names: Iterable[str]) -> dict[str, int]:
    """The keys of annotation types, by name; created where they are new."""
    return _by_name(connection, clock, table_of(AnnotationType), AnnotationType.annotation_type_id, sorted(set(names)))


def known_task_ids(connection: sa.Connection, keys: Iterable[HandlerKey]) -> dict[int, HandlerKey]:
    """Which rows of the catalogue are among ``keys``."""
    wanted = set(keys)
    rows = connection.execute(
        sa.select(NamedTask.named_task_id, NamedTask.namespace, NamedTask.name, NamedTask.version)
    )
    found = {row.named_task_id: (row.namespace, row.name, row.version) for row in rows}
    return {task_id: key for task_id, key in found.items() if key in wanted}


def _find_named_task(connection: sa.Connection, key: HandlerKey) -> int | None:
    namespace, name, version = key
    return connection.scalar(
        sa.select(NamedTask.named_task_id).where(
            NamedTask.namespace == namespace, NamedTask.name == name, NamedTask.version == version
        )
    )


def _systems(connection: sa.Connection, clock: Clock, names: Sequence[str]) -> dict[str, int]:
    return _by_name(connection, clock, table_of(DependentSystem), DependentSystem.dependent_system_id, names)


def _by_name(
    connection: sa.Connection, clock: Clock, table: sa.Table, key: Any, names: Sequence[str]
) -> dict[str, int]:
    query = sa.select(table.c.name, key).where(table.c.name.in_(names))
    found = {row[0]: row[1] for row in connection.execute(query)}
    missing = [name for name in names if name not in found]
    if missing:
        now = time_now(connection, clock)
        insert_or_ignore(connection, table, [{"name": name, "created_at": now} for name in missing])
        found = {row[0]: row[1] for row in connection.execute(query)}
    return found


def _steps(connection: sa.Connection, clock: Clock, wanted: Sequence[tuple[int, StepTemplate]]) -> dict[str, int]:
    now = time_now(connection, clock)
    rows = [
        {"dependent_system_id": system, "name": template.name, "description": template.description, "created_at": now}
        for system, template in wanted
    ]
    insert_or_ignore(connection, table_of(NamedStep), rows)
    found = connection.execute(
        sa.select(NamedStep.dependent_system_id, NamedStep.name, NamedStep.named_step_id).where(
            NamedStep.dependent_system_id.in_({system for system, _ in wanted}),
            NamedStep.name.in_({template.name for _, template in wanted}),
        )
    )
    ids = {(row.dependent_system_id, row.name): row.named_step_id for row in found}
    return {template.name: ids[system, template.name] for system, template in wanted}
