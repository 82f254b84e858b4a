"""``flask tasker run``: starting a task, and waiting for it."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import with_appcontext

from ..engine import create_task
from ..extension import State
from ..handlers import TaskRequest
from ..handlers.request import UNKNOWN
from ..store.reading import TaskReading
from .completion import handler_names
from .exits import CODES
from .failing import clear_errors
from .finding import body_of, task_of
from .following import Patience, watch
from .labour import Labour, labour, others_live
from .naming import handler_named
from .options import as_json, interval, json_source, operator, state, timeout
from .output import say, say_json


@click.command("run", epilog=CODES.replace("Exit codes:", "Exit codes with --wait:"))
@click.argument("name", shell_complete=handler_names)
@click.option(
    "--context",
    default="{}",
    callback=json_source,
    metavar="JSON|@FILE|-",
    help="The task's context: JSON, a file that has it, or - for standard input. An empty object unless given.",
)
@click.option("--initiator", default=operator, help="Who asks for it; your login name unless given.")
@click.option("--source-system", default=UNKNOWN, show_default=True, help="Where from.")
@click.option("--reason", default=UNKNOWN, show_default=True, help="Why.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given several times.")
@click.option("--bypass", "bypass_steps", multiple=True, help="A step to be skipped; may be given several times.")
@click.option("--wait", is_flag=True, help="Follow the task until it is final.")
@timeout
@interval
@as_json
@with_appcontext
def run(name: str, wait: bool, timeout: float | None, interval: float, as_json: bool, **request: Any) -> None:
    """Start a task, and print its id.

    NAME is that of a handler, with its namespace where two have it, and a version unless it is the highest.

    With --wait the task is shown until it is final: on standard error, unless that is all done on a terminal. With
    --json it is printed as it then is, in place of its id.

    \b
    Examples:
      flask tasker run fulfil_order --context '{"order_id": 1}' --tag urgent
      flask tasker run shop/fulfil_order@1.10 --context @order.json --wait --timeout 60
      flask tasker show "$(flask tasker run nightly)" --watch
    """
    if timeout is not None and not wait:
        raise click.UsageError("--timeout is for --wait: add it, or leave out --timeout")
    with clear_errors():
        definition = handler_named(state().handlers, name)
        namespace, known, version = definition.key
        wanted = TaskRequest(name=known, namespace=namespace, version=version, **request)
        if wait:
            raise SystemExit(_run_and_wait(state(), wanted, Patience(interval=interval, timeout=timeout), as_json))
        task_id = create_task(state().runtime, wanted).task_id
        if as_json:
            say_json(body_of(state(), task_id))
        else:
            say(str(task_id))
        _tell_if_nobody_works(state())


def _tell_if_nobody_works(state: State) -> None:
    """A task that nobody works on looks like one that hangs."""
    if state.dispatch is not None and not others_live(state):
        say("no worker is alive: the task waits until one is (`flask tasker worker`, or serve the app)", err=True)


def _run_and_wait(state: State, wanted: TaskRequest, patience: Patience, as_json: bool) -> int:
    with labour(state) as hands:
        task_id = create_task(state.runtime, wanted).task_id
        if not as_json:
            say(str(task_id))
        aside = as_json or not sys.stdout.isatty()
        code = watch(
            task_id, lambda: _seen(state, hands, task_id), patience, aside=aside, redactor=state.settings.redactor
        )
    if as_json:
        say_json(body_of(state, task_id))
    return code


def _seen(state: State, hands: Labour, task_id: int) -> TaskReading:
    hands.lend()
    return task_of(state, task_id)
