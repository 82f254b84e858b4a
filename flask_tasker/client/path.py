"""Paths of the API, made of what may hold any character."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

_NO_SEGMENT: Final = ("", ".", "..")


def path_of(*segments: str | int) -> str:
    """The segments as a path, each percent-encoded whole.

    Raises:
        ValueError: a segment that is empty or all dots, which would name another path.
    """
    return "/".join(_encoded(str(segment)) for segment in segments)


def task_path(task_id: int, *more: str) -> str:
    """The path of a task, or of something of it.

    Raises:
        ValueError: the id is no whole number above 0; one with a slash in it would name another call.
    """
    return path_of("tasks", _key(task_id, "task_id"), *more)


def step_path(task_id: int, step_id: int, *more: str) -> str:
    """The path of a step of a task, or of something of it.

    Raises:
        ValueError: as above.
    """
    return path_of("tasks", _key(task_id, "task_id"), "workflow_steps", _key(step_id, "step_id"), *more)


def _key(value: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{what} must be a whole number above 0, got {value!r}")
    return value


def _encoded(segment: str) -> str:
    if segment in _NO_SEGMENT:
        raise ValueError(f"an id or name in a path must not be empty, '.' or '..', got {segment!r}")
    return quote(segment, safe="")
