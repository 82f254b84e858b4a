"""How the overview is to be shown, as its address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..navigation import url

VIEW: Final = "view"
LIVE: Final = "live"
TABLES: Final = "tables"
OFF: Final = "off"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whether charts are shown as tables, and whether the page follows what happens."""

    as_tables: bool
    live: bool

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """What a query says; anything else means charts that follow."""
        return cls(as_tables=query.get(VIEW) == TABLES, live=query.get(LIVE) != OFF)

    @property
    def figures(self) -> str:
        """The address of the figures alone."""
        return url("overview_figures", **self._query)

    @property
    def page(self) -> str:
        """The address of the page."""
        return url("overview", **self._query)

    @property
    def other_view(self) -> str:
        """The address of the page with tables in place of charts, or the other way round."""
        return replace(self, as_tables=not self.as_tables).page

    @property
    def other_pace(self) -> str:
        """The address of the page that stands still, or follows again."""
        return replace(self, live=not self.live).page

    @property
    def _query(self) -> dict[str, str]:
        return {**({VIEW: TABLES} if self.as_tables else {}), **({} if self.live else {LIVE: OFF})}
