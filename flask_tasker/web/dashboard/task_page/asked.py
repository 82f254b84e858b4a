"""What of a task is shown, as the address of its page says it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from ...api.ids import LARGEST

ZOOMS: Final = ("fit", "50", "75", "100", "150")
"""How large the graph is drawn: as wide as the page, or in percent."""
ALL: Final = "all"
TABLE: Final = "table"
FURTHEST: Final = 100_000
MOST_UNFOLDED: Final = 50
_DIGITS: Final = re.compile("[0-9]{1,19}")


class Query(Protocol):
    """What an address has after its question mark."""

    def get(self, key: str, /) -> str | None:
        """The first value of ``key``."""
        ...

    def getlist(self, key: str, /) -> Sequence[str]:
        """All values of ``key``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which page of its steps and of its history, how large its graph, and which fans of it step by step,
    and whether its time line is a table.

    What makes no sense counts as not said: an address is typed, cut off and kept.
    """

    steps: int = 1
    history: int = 1
    zoom: str = "100"
    unfolded: frozenset[int] = frozenset()
    all_unfolded: bool = False
    table: bool = False

    @classmethod
    def of(cls, query: Query) -> Asked:
        """What the query of a request says."""
        zoom, unfolded = query.get("zoom"), query.getlist("unfold")[:MOST_UNFOLDED]
        return cls(
            steps=_number(query.get("steps"), most=FURTHEST) or 1,
            history=_number(query.get("history"), most=FURTHEST) or 1,
            zoom=zoom if zoom in ZOOMS else "100",
            unfolded=frozenset(filter(None, (_number(key, most=LARGEST) for key in unfolded))),
            all_unfolded=ALL in unfolded,
            table=query.get("timeline") == TABLE,
        )

    def but(self, **changes: Any) -> Asked:
        """The same but for ``changes``."""
        return replace(self, **changes)

    @property
    def query(self) -> Mapping[str, Any]:
        """How an address says it, as short as can be."""
        said = {"steps": self.steps, "history": self.history, "zoom": self.zoom}
        usual = {"steps": 1, "history": 1, "zoom": "100"}
        found: dict[str, Any] = {name: value for name, value in said.items() if value != usual[name]}
        unfolded = [ALL] if self.all_unfolded else sorted(self.unfolded)
        return found | ({"unfold": unfolded} if unfolded else {}) | ({"timeline": TABLE} if self.table else {})


def _number(text: str | None, *, most: int) -> int | None:
    if text is None or not _DIGITS.fullmatch(text):
        return None
    return min(int(text), most) or None
