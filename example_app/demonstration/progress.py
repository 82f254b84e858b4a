"""Watching tasks until all of them have ended."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .outcome import TaskOutcome, outcomes
from .plan import Plan

POLL_SECONDS = 0.2


def watch(plans: Sequence[Plan], *, console: Console, patience: float) -> dict[int, TaskOutcome]:
    """Show how the tasks get on, and return what became of them, at the latest after ``patience`` seconds."""
    titles = {plan.task_id: plan.title for plan in plans}
    began, seen = time.monotonic(), set[int]()
    with _bar(console) as bar:
        line = bar.add_task("", total=None)
        while True:
            found = outcomes(list(titles))
            steps = [step for task in found.values() for step in task.steps]
            ended = {task_id for task_id, task in found.items() if task.final}
            for task_id in sorted(ended - seen):
                console.print(_news(found[task_id], titles[task_id], time.monotonic() - began), highlight=False)
            seen = ended
            bar.update(line, total=len(steps), completed=sum(step.status == "complete" for step in steps))
            if len(ended) == len(titles) or time.monotonic() - began > patience:
                return found
            time.sleep(POLL_SECONDS)


def _bar(console: Console) -> Progress:
    # Nothing is drawn where the output is no terminal: there the lines alone tell the story.
    columns = (BarColumn(), TextColumn("{task.completed} of {task.total} steps complete"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _news(task: TaskOutcome, title: str, seconds: float) -> str:
    return f"{seconds:6.1f} s  task {task.task_id:<4} {task.name:<22} {task.status:<9} {title}"
