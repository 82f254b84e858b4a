"""``flask tasker doctor | purge``: looking after the whole of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import click
from flask.cli import with_appcontext

from ..engine import Purgeable, Purged, findings, purge, purgeable
from ..engine.purge import DEFAULT_STATUSES
from ..lifecycle import TaskStatus
from .exits import FAILED
from .failing import clear_errors
from .options import as_json, is_typed, seconds_of, state
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
@click.option("--dry-run", is_flag=True, help="Only say how many would go.")
@click.option("--yes", is_flag=True, help="Do not ask first, on a terminal either.")
@as_json
@with_appcontext
def purge_command(
    *, older_than: str, statuses: tuple[str, ...], batch: int, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Delete finished tasks with all their rows: complete and cancelled ones, unless --status says otherwise.

    Idempotency keys that are older than TASKER_IDEMPOTENCY_HOURS go, too. On a terminal it asks first.

    \b
    Examples:
      flask tasker purge --older-than 30d
      flask tasker purge --older-than 30d --dry-run
      flask tasker purge --older-than 1d --status error --batch 100
    """
    chosen = [TaskStatus(status) for status in statuses] or [*DEFAULT_STATUSES]
    wanted: dict[str, Any] = {"older_than": seconds_of(older_than), "statuses": chosen}
    with clear_errors():
        if dry_run:
            found = purgeable(state().runtime, **wanted)
            _say(found, f"would delete {_number(found)}", as_json)
            return
        if not yes and is_typed():
            _ask(purgeable(state().runtime, **wanted))
        done = purge(state().runtime, **wanted, batch=batch)
    _say(done, _told(done), as_json)


def _ask(found: Purgeable) -> None:
    """Go on only if whoever types wants all of this deleted."""
    if found.tasks or found.keys:
        click.confirm(f"delete {_number(found)} for good?", abort=True, err=True)


def _say(what: Purged | Purgeable, sentence: str, as_json: bool) -> None:
    if as_json:
        say_json(asdict(what))
    else:
        say(sentence)


def _told(done: Purged) -> str:
    kept = f"; {done.held} are held by rows of the app and were left" if done.held else ""
    return f"deleted {_number(Purgeable(tasks=done.deleted, keys=done.keys))}{kept}"


def _number(found: Purgeable) -> str:
    return f"{found.tasks} tasks" + (f" and {found.keys} idempotency keys" if found.keys else "")
