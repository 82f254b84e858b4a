"""What rich draws: the only module that knows it, imported only where a terminal is there to be drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table as RichTable
from rich.text import Text

from .text import plain
from .view import STATUS, Table, View

STYLES: Final = {
    "in_progress": "cyan",
    "error": "bold red",
    "complete": "green",
    "cancelled": "yellow",
    "resolved_manually": "green",
    "skipped": "dim",
}
"""The terminal's own colours, beside the word: NO_COLOR takes them away, and nothing is lost."""


def show(view: View) -> None:
    """Print a view."""
    _console().print(_drawn(view))


@contextmanager
def live() -> Iterator[Callable[[View], None]]:
    """A view that stays in its place and changes."""
    with Live(console=_console(), auto_refresh=False) as display:
        yield lambda view: display.update(_drawn(view), refresh=True)


def _console() -> Console:
    return Console(markup=False, emoji=False, highlight=False)


def _drawn(view: View) -> Group:
    return Group(*(Text(plain(line)) for line in view.head), _table(view.table))


def _table(table: Table) -> RichTable:
    drawn = RichTable(box=None, pad_edge=False, header_style="bold")
    for name in table.columns:
        drawn.add_column(Text(name), overflow="fold")
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        # Never a bare string: rich would take what it says in brackets for markup.
        drawn.add_row(*(Text(cell, style=STYLES.get(cell, "") if name == STATUS else "") for name, cell in cells))
    return drawn
