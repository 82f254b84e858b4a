"""Tables of what happened, and where to look next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from .outcome import StepOutcome, TaskOutcome
from .plan import Plan

STYLES = {"complete": "green", "error": "red", "pending": "yellow", "in_progress": "cyan"}

NEXT = """Where to look next:
  make serve                       keep this shop up, with these tasks
  http://127.0.0.1:5000/tasker/ui/ its dashboard then: steer the tasks that failed
  example_app/handlers/            the handlers that ran: orders, registrations, the report, the dummy task
  example_app/checkout.py          an order and its task in one transaction
  flask --app example_app --help   the shop's commands (flask is in .venv-demo/bin)
  {database}"""


def tasks_and_steps(plans: Sequence[Plan], found: Mapping[int, TaskOutcome]) -> Table:
    """Every task; of those that met with trouble also the steps that did."""
    table = Table(title="Tasks and steps", title_justify="left")
    for heading in ("task", "name", "status"):
        table.add_column(heading, no_wrap=True)
    for heading in ("attempts", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("what happened")
    for plan in plans:
        task = found[plan.task_id]
        table.add_row(
            str(task.task_id), task.name, _styled(task.status), str(task.attempts), _seconds(task.seconds), plan.title
        )
        for step in task.steps:
            if step.attempts > 1 or step.error:
                table.add_row("", f"  {step.name}", *_step_cells(step))
        table.add_section()
    return table


def show_next(console: Console, database: str) -> None:
    """Say where to look next."""
    console.print(NEXT.format(database=database), highlight=False, markup=False, soft_wrap=True)


def _step_cells(step: StepOutcome) -> tuple[str, str, str, str]:
    return _styled(step.status), str(step.attempts), _seconds(step.seconds), step.error or ""


def _styled(status: str) -> str:
    return f"[{STYLES.get(status, 'white')}]{status}[/]"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.2f}"
