"""What a command shows, before anybody has drawn it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .text import plain, shortened

NOTHING: Final = "-"
"""In an empty cell, so that whoever splits lines into words finds as many in each."""
STATUS: Final = "STATUS"
"""The column whose cells are states."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells under the names of their columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
        """A table of anything, as text that does no harm."""
        return cls(
            columns=columns,
            rows=[[NOTHING if cell in (None, "") else shortened(cell) for cell in row] for row in rows],
        )

    def lines(self) -> list[str]:
        """The table in plain text, the columns one below the other."""
        cells = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]


@dataclass(frozen=True, kw_only=True)
class View:
    """Some lines, and a table below them."""

    head: Sequence[str]
    table: Table

    def lines(self) -> list[str]:
        """All of it in plain text."""
        return [*map(plain, self.head), *self.table.lines()]
