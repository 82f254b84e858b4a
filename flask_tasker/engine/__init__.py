"""The engine: create, claim, attempt, record, advance, sweep."""

from .bulk import Bulk, act_on_tasks
from .catalogue import Catalogue
from .create import create_task, create_tasks
from .doctor import Finding, findings
from .drain import drain
from .edits import edit_step, edit_task
from .once import Once, create_task_once
from .pace import Pace, by_code
from .purge import Purgeable, Purged, purge, purgeable
from .runtime import Runtime, process_name
from .sender import Sender
from .sweep import Sweep
from .verbs import act_on_step, act_on_task
from .why import why, why_each
from .work import work
from .worker import Worker

__all__ = [
    "Bulk",
    "Catalogue",
    "Finding",
    "Once",
    "Pace",
    "Purgeable",
    "Purged",
    "Runtime",
    "Sender",
    "Sweep",
    "Worker",
    "act_on_step",
    "act_on_task",
    "act_on_tasks",
    "by_code",
    "create_task",
    "create_task_once",
    "create_tasks",
    "drain",
    "edit_step",
    "edit_task",
    "findings",
    "process_name",
    "purge",
    "purgeable",
    "why",
    "why_each",
    "work",
]
