"""``flask tasker``: the commands. Flask finds the group by its entry point, in every app that has the package."""

from __future__ import annotations

from flask.cli import AppGroup

from .db import db
from .handlers import graph, handlers
from .run import run
from .tasks import list_command, show_command
from .upkeep import doctor, purge_command
from .verbs import cancel, resolve, retry, skip, why
from .worker import worker

COMMANDS = (
    *(handlers, graph, run, list_command, show_command),
    *(cancel, retry, skip, resolve, why),
    *(doctor, purge_command, worker, db),
)

tasker = AppGroup("tasker", help="Durable multi-step tasks: start, see and steer them.")
for command in COMMANDS:
    tasker.add_command(command)

__all__ = ["tasker"]
