"""Kinds of task in the catalogue, written directly."""

from __future__ import annotations

import sqlalchemy as sa

from flask_tasker.models import NamedTask
from flask_tasker.store.database import Database


def add_kind(database: Database, name: str) -> int:
    """Write a kind of task and give back its key."""
    row = {"namespace": "default", "name": name, "version": "1", "created_at": database.clock.now()}
    statement = sa.insert(NamedTask).values(**row).returning(NamedTask.named_task_id)
    return database.transaction(lambda connection: connection.scalars(statement).one())
