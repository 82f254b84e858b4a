"""From any version of the tables to any other, one frozen step at a time."""

from __future__ import annotations

from typing import Final, Protocol

from ..errors import TaskerError
from . import v1, v2, v3
from .installed import TABLE, installed_version
from .operations import Op


class Step(Protocol):
    """A module that takes the tables from the version before its own to its own, and back."""

    def upgrade(self, op: Op, /) -> None:
        """Go to this version."""
        ...

    def downgrade(self, op: Op, /) -> None:
        """Go back to the version before."""
        ...


STEPS: Final[tuple[Step, ...]] = (v1, v2, v3)
"""Version N is the N-th. A released step is never edited: a change of the tables is one more step at the end."""

LATEST: Final = len(STEPS)
"""The version that this package works with."""

DIALECTS: Final = ("postgresql", "sqlite")

_INSERT: Final = f"INSERT INTO {TABLE} (id, version) VALUES (1, 1)"  # noqa: S608 - the name is a constant
_UPDATE: Final = f"UPDATE {TABLE} SET version = {{:d}}"  # noqa: S608 - as above


def upgrade(op: Op, *, to: int, since: int | None = None) -> None:
    """Bring the tables up to version ``to``; does nothing where they are there or further.

    Args:
        op: ``alembic.op`` in a revision, or an ``alembic.operations.Operations``.
        to: a version from 0 to ``LATEST``.
        since: the version that the tables have; without it the database is asked, and in offline mode none is assumed.

    Raises:
        TaskerError: the version is unknown to this package, or the database is neither PostgreSQL nor SQLite.
    """
    start = _start(op, since, offline=0)
    _check(op, to, start)
    for version in range(start + 1, to + 1):
        STEPS[version - 1].upgrade(op)
        op.execute(_INSERT if version == 1 else _UPDATE.format(version))


def downgrade(op: Op, *, to: int, since: int | None = None) -> None:
    """Take the tables down to version ``to``, 0 being none; does nothing where they are there or below.

    Args:
        op: as in ``upgrade``.
        to: as in ``upgrade``.
        since: as in ``upgrade``, but in offline mode ``LATEST`` is assumed.

    Raises:
        TaskerError: as in ``upgrade``.
    """
    start = _start(op, since, offline=LATEST)
    _check(op, to, start)
    for version in range(start, to, -1):
        STEPS[version - 1].downgrade(op)
        if version > 1:
            op.execute(_UPDATE.format(version - 1))


def _start(op: Op, since: int | None, *, offline: int) -> int:
    if since is not None:
        return since
    context = op.get_context()
    if context.as_sql or context.connection is None:
        return offline
    return installed_version(context.connection) or 0


def _check(op: Op, *versions: int) -> None:
    dialect = op.get_context().dialect.name
    if dialect not in DIALECTS:
        raise TaskerError(f"the tables of flask_tasker need {' or '.join(DIALECTS)}, got {dialect}")
    for version in versions:
        if not 0 <= version <= LATEST:
            raise TaskerError(
                f"version {version} of the tables is asked for, and this flask-tasker knows 0 to {LATEST}; "
                "install the flask-tasker that wrote the revision, or a later one"
            )
