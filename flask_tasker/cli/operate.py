"""``flask tasker cancel | retry | skip | resolve | why | doctor | purge``."""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from ..engine import findings, purge
from ..errors import NotFoundError, TaskerError
from ..extension import Operations, State
from ..extension.tasker import state_of
from ..lifecycle import TaskStatus
from ..store.results import step_ids_by_name

Command = Callable[..., None]
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def _state() -> State:
    return state_of(current_app)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Say in one line what is wrong, without a traceback."""
    try:
        yield
    except TaskerError as error:
        raise click.ClickException(str(error)) from error


def _verb(name: str, help_text: str, *, step_required: bool = False) -> click.Command:
    """A command that does ``name`` to a task, or to one of its steps."""

    def run(task_id: int, step: str | None, actor: str, reason: str | None, results: Any = None) -> None:
        more = {} if results is None else {"results": results}
        if step is None and more:
            raise click.UsageError("--results are those of a step: name the STEP")
        with _clear_errors():
            operations = Operations(_state())
            if step is None:
                status = getattr(operations, f"{name}_task")(task_id, actor=actor, reason=reason)
                click.echo(f"task {task_id} is {status}")
            else:
                act = getattr(operations, f"{name}_step")
                status = act(_step_id(task_id, step), actor=actor, reason=reason, **more)
                click.echo(f"step {step} of task {task_id} is {status}")

    command = click.command(name, help=help_text)(with_appcontext(run))
    command.params = [
        click.Argument(["task_id"], type=int),
        click.Argument(["step"], required=step_required),
        click.Option(["--actor"], default=_operator, help="Who does it; your login name unless given."),
        click.Option(["--reason"], help="Why; it is kept in the history."),
    ]
    return command


def _from_json(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no JSON: {error}") from error


def _operator() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        # In a container a process may run as a user whom the system does not know.
        return "cli"


def _step_id(task_id: int, name: str) -> int:
    found = _state().runtime.database.read(lambda connection: step_ids_by_name(connection, task_id, [name]))
    if name not in found:
        raise NotFoundError(f"task {task_id} has no step {name!r}")
    return found[name]


cancel = _verb("cancel", "Cancel a task, or one STEP of it: waiting at once, running once it has stopped.")
retry = _verb("retry", "Try the failed steps of a task again, or one STEP of it, from the first attempt on.")
skip = _verb("skip", "Skip a waiting or failed STEP; its children may run.", step_required=True)
resolve = _verb("resolve", "Declare a task in error resolved by hand, or give a STEP its results.")
resolve.params.append(click.Option(["--results"], callback=_from_json, help="JSON; the results of the step."))


@click.command("why")
@click.argument("task_id", type=int)
@click.argument("step")
@with_appcontext
def why_command(task_id: int, step: str) -> None:
    """Say in one sentence why a STEP is not running."""
    with _clear_errors():
        click.echo(Operations(_state()).why(_step_id(task_id, step)))


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """List what keeps tasks from going on, with why and what to do; exits with 1 if there is anything."""
    with _clear_errors():
        found = findings(_state().runtime)
    for finding in found:
        click.echo(f"- {finding.what}\n  {finding.advice}")
    if found:
        raise SystemExit(1)
    click.echo("nothing is stuck")


@click.command("purge")
@click.option("--older-than", required=True, help="How long unchanged: 30d, 12h, 90m, 10s.")
@click.option("--status", "statuses", multiple=True, type=click.Choice([s.value for s in TaskStatus]))
@click.option("--batch", type=click.IntRange(1), default=1_000, show_default=True, help="Tasks in one transaction.")
@with_appcontext
def purge_command(older_than: str, statuses: tuple[str, ...], batch: int) -> None:
    """Delete finished tasks with all their rows: complete and cancelled ones, unless --status says otherwise.

    Idempotency keys that are older than TASKER_IDEMPOTENCY_HOURS go, too.
    """
    chosen = [TaskStatus(status) for status in statuses] or [TaskStatus.COMPLETE, TaskStatus.CANCELLED]
    with _clear_errors():
        done = purge(_state().runtime, older_than=_seconds(older_than), statuses=chosen, batch=batch)
    kept = f"; {done.held} are held by rows of the app and were left" if done.held else ""
    keys = f" and {done.keys} idempotency keys" if done.keys else ""
    click.echo(f"deleted {done.deleted} tasks{keys}{kept}")


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if match is None:
        raise click.BadParameter(f"expected a number with s, m, h or d, such as 30d, got {text!r}")
    return float(int(match[1]) * UNITS[match[2]])


COMMANDS = (cancel, retry, skip, resolve, why_command, doctor, purge_command)
