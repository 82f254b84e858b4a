"""Who may do what: closed by default outside debug and testing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from .refusal import RefusedError

Authorize: TypeAlias = Callable[[str, Any], Any]
"""``authorize(permission, resource)``: ``None`` for someone unknown (401), ``False`` to refuse (403), else allowed.

The permission is a text like ``"tasker.task:show"``. The resource is the row that it is about; ``None`` for a list of
tasks, for a new one, and for what is not there.
"""

HOW_TO_OPEN: Final = (
    "The API is closed outside debug and testing; open it with tasker.authorize(callback), where "
    "callback(permission, resource) returns True, False (403) or None (401)."
)


def refuse_closed(authorize: Authorize | None, *, open_by_default: bool) -> None:
    """Refuse everything while nobody has said who may come in.

    Raises:
        RefusedError: 403, with the line that opens the API.
    """
    if authorize is None and not open_by_default:
        raise RefusedError(403, message=HOW_TO_OPEN)


def check_permission(authorize: Authorize | None, permission: str, resource: object = None) -> None:
    """Ask the callback, where there is one.

    Raises:
        RefusedError: 401 for someone unknown, 403 for someone who may not.
    """
    if authorize is None:
        return
    access = authorize(permission, resource)
    if access is None:
        raise RefusedError(401)
    if not access:
        raise RefusedError(403)
