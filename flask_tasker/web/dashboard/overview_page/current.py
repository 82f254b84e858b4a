"""The figures as they are now: of those who may see the same tasks and look at once, one asks the database."""

from __future__ import annotations

from functools import partial
from typing import Final, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from ....store.figures import Figures, figures
from ....store.reading import reading
from ...dependencies import ApiDependencies
from ..task_page.shared import Shared

SECONDS: Final = 2.0
"""How long figures stand for others."""
MOST: Final = 1_000

_kept: Final[WeakKeyDictionary[sa.Engine, Shared[Figures]]] = WeakKeyDictionary()


def current(deps: ApiDependencies, owners: frozenset[str] | None) -> Figures:
    """The figures of the tasks of these owners, as of two seconds ago at most.

    Raises:
        UnavailableError: whoever asks for all has not come back in time.
    """
    # Not ``deps.engine()``, which may be made anew each time.
    shared = _kept.setdefault(deps.runtime().database.engine, Shared(seconds=SECONDS, most=MOST))
    # What is read is never None.
    return cast("Figures", shared.get(owners, partial(_read, deps, owners)))


def forget() -> None:
    """Let whoever asks next ask the database."""
    _kept.clear()


def _read(deps: ApiDependencies, owners: frozenset[str] | None) -> Figures:
    with reading(deps.engine()) as session:
        return figures(session.connection(), deps.clock(), owners=owners)
