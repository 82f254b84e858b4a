"""Where a task stands, for someone who may see it: of those who look at one task at a time, one asks the database."""

from __future__ import annotations

import hashlib
from typing import Final

from ....store.reading import TaskVersion, reading, task_version
from ...dependencies import ApiDependencies
from ...refusal import RefusedError
from ..shared import SharedByDatabase
from ..visit import Visit
from .asked import Asked

SECONDS: Final = 1.0
"""How long an answer stands for others."""
MOST: Final = 100
OPEN_SECONDS: Final = 15
"""What is said of a task that is not final changes by the clock alone, too: its page is made anew this often."""

_versions: Final = SharedByDatabase[TaskVersion](seconds=SECONDS, most=MOST)


def current(visit: Visit, task_id: int, *, afresh: bool = False) -> TaskVersion:
    """Where the task stands; as of a second ago at most, or after this was asked where ``afresh``.

    Whether they may see it is asked each time, with the row that stands for all.

    Raises:
        RefusedError: 401, 403, or 404 where there is no such task for them.
    """
    deps = visit.deps
    found = latest(deps, task_id, afresh=afresh)
    access = deps.door.enter("tasker.task:show", found and found.row)
    if found is None or not access.sees(found.row):
        raise RefusedError(404)
    return found


def latest(deps: ApiDependencies, task_id: int, *, afresh: bool = False) -> TaskVersion | None:
    """The same for someone of whom it is known that they may see it; ``None`` where there is no such task."""
    return _versions.of(deps.engine()).get(task_id, lambda: _read(deps, task_id), afresh=afresh)


def tag_of(version: TaskVersion, asked: Asked) -> str:
    """What is the same for as long as the page need not be made anew."""
    marks = [str(mark) for mark in (*version.marks, *sorted(asked.query.items()))]
    if not version.is_final:
        marks.append(str(int(version.now.timestamp()) // OPEN_SECONDS))
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:32]


def _read(deps: ApiDependencies, task_id: int) -> TaskVersion | None:
    with reading(deps.engine()) as session:
        return task_version(session, deps.clock(), task_id)
