"""How a command that followed a task says, by its exit code, what became of it."""

from __future__ import annotations

from typing import Final

from ..lifecycle import OPEN_TASK, TaskStatus

FAILED: Final = 1
"""The task is in error or cancelled; or, as of any command, something was refused or is not there."""
TIMED_OUT: Final = 3
"""The task is not final yet, and the time is up. 2 is click's, for a command line that makes no sense."""
INTERRUPTED: Final = 130
"""Ctrl-C, as shells have it."""

CODES: Final = """\b
Exit codes:
  0    complete, or resolved by hand
  1    in error, or cancelled; also where something was refused
  2    the command line makes no sense
  3    not final within --timeout
  130  interrupted by Ctrl-C; the task goes on"""


def exit_code(status: str) -> int:
    """What a command ends with that waited for a task, which is in ``status`` now."""
    if status in OPEN_TASK:
        return TIMED_OUT
    return 0 if status in (TaskStatus.COMPLETE, TaskStatus.RESOLVED_MANUALLY) else FAILED
