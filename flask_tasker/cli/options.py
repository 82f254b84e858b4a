"""What several commands take."""

from __future__ import annotations

import getpass
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import click
from flask import current_app

from ..extension import State
from ..extension.tasker import state_of
from ..web.api.ids import LARGEST

UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
TASK_ID: Final = click.IntRange(1, LARGEST)
NOT_GIVEN: Final = object()

as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON, as the API has it.")
interval: Final = click.option(
    "--interval",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long between two looks at the task.",
)
timeout: Final = click.option(
    "--timeout", type=click.FloatRange(0), metavar="SECONDS", help="How long to follow it; without end unless given."
)


def state() -> State:
    """What the extension keeps of the app that the command is for."""
    return state_of(current_app)


def operator() -> str:
    """Who types."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        # In a container a process may run as a user whom the system does not know.
        return "cli"


def is_typed() -> bool:
    """Whether there is somebody to ask: standard input is a terminal. A service may have none at all."""
    return sys.stdin is not None and sys.stdin.isatty()


def seconds_of(text: str) -> float:
    """The seconds that ``30d``, ``12h``, ``90m`` or ``10s`` are.

    Raises:
        click.BadParameter: it is none of these.
    """
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    if match is None:
        raise click.BadParameter(f"expected a number with s, m, h or d, such as 30d, got {text!r}")
    return float(int(match[1]) * UNITS[match[2]])


def json_text(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """The value of an option that is JSON, which may be null: where it was not given, ``NOT_GIVEN``."""
    return NOT_GIVEN if text is None else _loaded(text)


def json_source(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """The same, where ``@FILE`` names a file that has the JSON, and ``-`` is standard input."""
    if text is None:
        return None
    try:
        if text == "-":
            text = sys.stdin.read()
        elif text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{text!r} cannot be read: {error}") from error
    return _loaded(text)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        shown = text if len(text) <= 80 else f"{text[:80]}…"
        raise click.BadParameter(f"{shown!r} is no JSON: {error}") from error
