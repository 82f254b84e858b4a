"""The demonstration from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flask import Flask
from rich.console import Console

from ..extensions import db
from .expectations import Checked, check
from .plan import start_everything
from .progress import watch
from .report import show_next, tasks_and_steps
from .stage import stage

PATIENCE = 90.0
PLAIN_WIDTH = 130


def demonstrate() -> int:
    """Run the shop's handlers against the outside systems; 0 if everything came out as it should, else 1."""
    console = _console()
    with stage(lambda line: console.print(line, highlight=False, soft_wrap=True)) as app, app.app_context():
        checked = _performed(app, console)
    failed = [sentence for sentence, met in checked if not met]
    if failed:
        console.print(f"[red]{len(failed)} of {len(checked)} expectations were not met.[/]")
    return 1 if failed else 0


def _performed(app: Flask, console: Console) -> list[Checked]:
    began = time.monotonic()
    plans = start_everything()
    console.print(f"{len(plans)} tasks are started; the worker in this process runs their steps.", highlight=False)
    found = watch(plans, console=console, patience=PATIENCE)
    seconds = time.monotonic() - began
    console.print(tasks_and_steps(plans, found))
    checked = check(plans, found, outside_url=app.config["OUTSIDE_URL"])
    _show(console, checked)
    attempts = sum(task.attempts for task in found.values())
    console.print(f"{len(plans)} tasks, {attempts} attempts, {seconds:.1f} s.\n", highlight=False)
    show_next(console, db.engine.url.render_as_string(hide_password=True))
    return checked


def _show(console: Console, checked: Sequence[Checked]) -> None:
    for sentence, met in checked:
        mark = "[green]ok    [/]" if met else "[red]FAILED[/]"
        console.print(f"{mark} {sentence}", highlight=False, soft_wrap=True)


def _console() -> Console:
    console = Console()
    # A file or a pipe has no width of its own; the default of 80 would break the tables.
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)
