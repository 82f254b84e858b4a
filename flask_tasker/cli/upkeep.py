"""``flask tasker doctor | purge``: looking after the whole of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import click
from flask.cli import with_appcontext

from ..engine import Purged, findings, purge
from ..engine.purge import DEFAULT_STATUSES
from ..lifecycle import TaskStatus
from .exits import FAILED
from .failing import clear_errors
from .options import as_json, seconds_of, state
from .output import say, say_json

BATCH: Final = click.IntRange(1, 10_000)
"""Each task is a parameter of the statement that deletes it, and SQLite takes 32,766 of them."""


@click.command("doctor")
@as_json
@with_appcontext
def doctor(as_json: bool) -> None:
    """List what keeps tasks from going on, with why and what to do; exits with 1 if there is anything.

    \b
    Examples:
      flask tasker doctor
      flask tasker doctor --json | jq -r '.findings[].what'
    """
    with clear_errors():
        found = findings(state().runtime)
    if as_json:
        say_json({"findings": [asdict(finding) for finding in found]})
    else:
        for finding in found:
            say(f"- {finding.what}", f"  {finding.advice}")
        if not found:
            say("nothing is stuck")
    if found:
        raise SystemExit(FAILED)


@click.command("purge")
@click.option("--older-than", required=True, metavar="AGE", help="How long unchanged: 30d, 12h, 90m, 10s.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([s.value for s in TaskStatus]),
    help="In which state; may be given several times.",
)
@click.option("--batch", type=BATCH, default=1_000, show_default=True, help="Tasks in one transaction.")
@as_json
@with_appcontext
def purge_command(older_than: str, statuses: tuple[str, ...], batch: int, as_json: bool) -> None:
    """Delete finished tasks with all their rows: complete and cancelled ones, unless --status says otherwise.

    Idempotency keys that are older than TASKER_IDEMPOTENCY_HOURS go, too.

    \b
    Examples:
      flask tasker purge --older-than 30d
      flask tasker purge --older-than 1d --status error --batch 100
    """
    chosen = [TaskStatus(status) for status in statuses] or [*DEFAULT_STATUSES]
    with clear_errors():
        done = purge(state().runtime, older_than=seconds_of(older_than), statuses=chosen, batch=batch)
    if as_json:
        say_json(asdict(done))
    else:
        say(_told(done))


def _told(done: Purged) -> str:
    kept = f"; {done.held} are held by rows of the app and were left" if done.held else ""
    keys = f" and {done.keys} idempotency keys" if done.keys else ""
    return f"deleted {done.deleted} tasks{keys}{kept}"
