"""The figures as they are now: of those who may see the same tasks and look at once, one asks the database."""

from __future__ import annotations

from functools import partial
from typing import Final, cast

from ....store.figures import Figures, figures
from ....store.reading import reading
from ...dependencies import ApiDependencies
from ..shared import SharedByDatabase

SECONDS: Final = 2.0
"""How long figures stand for others."""
MOST: Final = 100

_figures: Final = SharedByDatabase[Figures](seconds=SECONDS, most=MOST)


def current(deps: ApiDependencies, owners: frozenset[str] | None) -> Figures:
    """The figures of the tasks of these owners, as of two seconds ago at most.

    Raises:
        UnavailableError: whoever asks for all has not come back in time.
    """
    # What is read is never None.
    return cast("Figures", _figures.of(deps.engine()).get(owners, partial(_read, deps, owners)))


def forget() -> None:
    """Let whoever asks next ask the database."""
    _figures.clear()


def _read(deps: ApiDependencies, owners: frozenset[str] | None) -> Figures:
    with reading(deps.engine()) as session:
        return figures(session.connection(), deps.clock(), owners=owners)
