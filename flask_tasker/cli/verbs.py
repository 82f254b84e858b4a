"""``flask tasker cancel | retry | skip | resolve``: what operators do; and ``why``, which they ask before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext

from ..extension import Operations
from .completion import step_names
from .failing import clear_errors
from .finding import body_of, step_id_of
from .options import NOT_GIVEN, TASK_ID, as_json, json_text, operator, state
from .output import say, say_json

Command = Callable[..., None]


def _verb(name: str, help_text: str, *, step_required: bool = False) -> click.Command:
    """A command that does ``name`` to a task, or to one of its steps."""

    def run(task_id: int, step: str | None, as_json: bool, **said: Any) -> None:
        if said.get("results", NOT_GIVEN) is NOT_GIVEN:
            said.pop("results", None)
        elif step is None:
            raise click.UsageError("--results are those of a step: name the STEP")
        with clear_errors():
            step_id = None if step is None else step_id_of(state(), task_id, step)
            status = _act(name, task_id, step_id, **said)
            if as_json:
                say_json(body_of(state(), task_id, step_id))
            else:
                say(f"task {task_id} is {status}" if step is None else f"step {step} of task {task_id} is {status}")

    command = click.command(name, help=help_text)(with_appcontext(as_json(run)))
    command.params = [
        click.Argument(["task_id"], type=TASK_ID),
        click.Argument(["step"], shell_complete=step_names, required=step_required),
        click.Option(["--actor"], default=operator, help="Who does it; your login name unless given."),
        click.Option(["--reason"], help="Why; it is kept in the history."),
        *command.params,
    ]
    return command


def _act(name: str, task_id: int, step_id: int | None, **said: Any) -> str:
    operations = Operations(state())
    if step_id is None:
        return str(getattr(operations, f"{name}_task")(task_id, **said))
    return str(getattr(operations, f"{name}_step")(step_id, **said))


cancel = _verb(
    "cancel",
    """Cancel a task, or one STEP of it: waiting at once, running once it has stopped.

    \b
    Examples:
      flask tasker cancel 7 --reason "ordered twice"
      flask tasker cancel 7 ship
    """,
)
retry = _verb(
    "retry",
    """Try the failed steps of a task again, or one STEP of it, from the first attempt on.

    \b
    Examples:
      flask tasker retry 7 --reason "the bank is back"
      flask tasker retry 7 take_payment --json
    """,
)
skip = _verb(
    "skip",
    """Skip a waiting or failed STEP; its children may run.

    \b
    Example:
      flask tasker skip 7 send_mail --reason "the customer was called"
    """,
    step_required=True,
)
resolve = _verb(
    "resolve",
    """Declare a task in error resolved by hand, or give a STEP its results.

    \b
    Examples:
      flask tasker resolve 7 --reason "refunded at the counter"
      flask tasker resolve 7 print_receipt --results '{"printed": true}'
    """,
)
resolve.params.insert(-1, click.Option(["--results"], callback=json_text, help="JSON; the results of the step."))


@click.command("why")
@click.argument("task_id", type=TASK_ID)
@click.argument("step", shell_complete=step_names)
@as_json
@with_appcontext
def why(task_id: int, step: str, as_json: bool) -> None:
    """Say in one sentence why a STEP is not running.

    \b
    Example:
      flask tasker why 7 ship
    """
    with clear_errors():
        step_id = step_id_of(state(), task_id, step)
        sentence = state().settings.redactor.redacted_text(Operations(state()).why(step_id))
    if as_json:
        say_json({"task_id": task_id, "workflow_step_id": step_id, "name": step, "why": sentence})
    else:
        say(sentence)
