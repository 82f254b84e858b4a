"""Errors of a database that is away, too slow, locked or full: the same request may succeed later."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ..errors import UnavailableError
from .database import code_of, is_away, is_transient
from .deadline import seconds_left

POSTGRESQL: Final = ("53", "55P03", "57014", "58")
"""Out of disk, memory or connections; a lock that was not got; cancelled, as by a timeout; the system failed."""
SQLITE: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_INTERRUPT")


def is_unavailable(error: Exception) -> bool:
    """Whether the database is why ``error`` was raised, and not what was asked of it.

    To be asked where the deadline stands: what the driver says of a connection that was cut is nowhere listed.
    """
    if isinstance(error, UnavailableError | PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return seconds_left() <= 0 or is_away(error) or is_transient(error) or _is_listed(error)


def _is_listed(error: DBAPIError) -> bool:
    name: str | None = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return name.startswith(SQLITE)
    return (code_of(error) or "").startswith(POSTGRESQL)
