"""What may be changed of a task or a step by hand, apart from its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ..models import Task, WorkflowStep
from .clock import Clock
from .tables import table_of


def edit_task(connection: sa.Connection, clock: Clock, task_id: int, values: Mapping[str, Any]) -> bool:
    """Write ``values``, by the names of columns, to a task; whether there is one."""
    tasks = table_of(Task)
    statement = tasks.update().where(tasks.c.task_id == task_id)
    return connection.execute(statement.values(**values, updated_at=clock.now())).rowcount == 1


def edit_step(connection: sa.Connection, clock: Clock, task_id: int, step_id: int, values: Mapping[str, Any]) -> bool:
    """Write ``values``, by the names of columns, to a step of that task; whether there is one."""
    steps = table_of(WorkflowStep)
    statement = steps.update().where(steps.c.workflow_step_id == step_id, steps.c.task_id == task_id)
    return connection.execute(statement.values(**values, updated_at=clock.now())).rowcount == 1
