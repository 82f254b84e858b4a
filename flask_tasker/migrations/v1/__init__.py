"""Version 1 of the tables: all of them."""

from __future__ import annotations

from typing import Final

from ..operations import Op
from . import annotation, catalogue, history, object_map, schema, step, task, worker

TABLES: Final = (
    "tasker_schema_version",
    "tasker_dependent_systems",
    "tasker_named_tasks",
    "tasker_named_steps",
    "tasker_named_tasks_named_steps",
    "tasker_dependent_system_object_maps",
    "tasker_tasks",
    "tasker_workflow_steps",
    "tasker_workflow_step_edges",
    "tasker_task_transitions",
    "tasker_workflow_step_transitions",
    "tasker_annotation_types",
    "tasker_task_annotations",
    "tasker_workers",
)
"""Each after those that its foreign keys name."""


def upgrade(op: Op) -> None:
    """Create the tables."""
    for noun in (schema, catalogue, object_map, task, step, history, annotation, worker):
        noun.create(op)


def downgrade(op: Op) -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
