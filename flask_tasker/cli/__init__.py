"""``flask tasker``: the commands. Flask finds the group by its entry point, in every app that has the package."""

from __future__ import annotations

from flask.cli import AppGroup

from .db import db
from .operate import COMMANDS
from .worker import worker

tasker = AppGroup("tasker", help="Durable multi-step tasks.")
tasker.add_command(db)
tasker.add_command(worker)
for command in COMMANDS:
    tasker.add_command(command)

__all__ = ["tasker"]
