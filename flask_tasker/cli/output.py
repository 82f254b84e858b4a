"""Printing: JSON for programs, plain lines for pipes, and for a terminal what rich draws, where rich is installed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final, TextIO

import click

from .text import plain
from .view import Table, View

Show = Callable[[View], None]

INDENT: Final = 2


def say(*lines: str, err: bool = False) -> None:
    """Print lines; on standard error where they are not what was asked for."""
    encoding = _stream(err).encoding or "utf-8"
    for line in lines:
        # What the terminal has no character for is shown as an escape, too.
        click.echo(plain(line).encode(encoding, "backslashreplace").decode(encoding), err=err)


def say_json(body: Any) -> None:
    """Print a JSON document: in one line for programs, over several for people; in ASCII, so that it does no harm."""
    click.echo(json.dumps(body, indent=INDENT if sys.stdout.isatty() else None))


def show(view: View) -> None:
    """Print lines and a table."""
    rich = _rich()
    if rich is None:
        say(*view.lines())
    else:
        rich.show(view)


def show_table(table: Table) -> None:
    """Print a table."""
    show(View(head=(), table=table))


@contextmanager
def screen() -> Iterator[Show | None]:
    """A place to show a view that changes; ``None`` where nothing that was printed can be changed."""
    rich = _rich()
    if rich is None:
        yield None
    else:
        with rich.live() as update:
            yield update


def _rich() -> ModuleType | None:
    """What draws on a terminal, or ``None``: there is none, none that can be drawn on, or no rich."""
    if not sys.stdout.isatty() or os.environ.get("TERM") in ("dumb", "unknown"):
        return None
    try:
        from . import terminal  # noqa: PLC0415 - rich is an extra, and nobody else should wait for its import
    except ImportError:
        return None
    return terminal


def _stream(err: bool) -> TextIO:
    return sys.stderr if err else sys.stdout
