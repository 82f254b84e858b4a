"""``flask tasker list | show``: which tasks there are, and how one stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

import click
from flask.cli import with_appcontext

from ..extension import State
from ..models import Task
from ..redaction import Redactor
from ..store.clock import time_now
from ..store.reading import (
    Page,
    Parts,
    Progress,
    TaskFilter,
    TaskListing,
    TaskReading,
    list_tasks,
    progress_by_task,
    reading,
    sorting_column,
)
from ..web.api.cursor import TELLING, cursor_of, page_after, refuse_telling
from ..web.api.dumping import dumped_without
from ..web.api.schemas import TASK
from ..web.refusal import RefusedError
from .exits import CODES
from .failing import clear_errors
from .filters import filtering, wanted
from .finding import task_of
from .following import Patience, watch, watch_documents
from .history import history_body, history_table
from .looking import LEAN, look_at
from .options import TASK_ID, as_json, interval, state, timeout
from .output import say, say_json, show, show_table
from .task_view import task_view, tasks_table

SORTABLE: Final = [name for name in TASK.fields if sorting_column(Task, name).name == name]


@click.command("list")
@filtering
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option(
    "--sort",
    type=click.Choice(SORTABLE),
    help="By which column: task_id, or requested_at with --since or --until, where not said.",
)
@click.option("--order", type=click.Choice(["asc", "desc"]), default="desc", show_default=True, help="Which way.")
@click.option("--cursor", help="Go on where an earlier list ended; it has that list's order.")
@as_json
@with_appcontext
def list_command(
    limit: int, sort: str | None, order: str, cursor: str | None, as_json: bool, **filters: str | None
) -> None:
    """List tasks, the newest first unless --sort and --order say otherwise.

    \b
    Examples:
      flask tasker list --status error --since 1d
      flask tasker list --name fulfil_order --tag urgent --limit 100
      flask tasker list --status error --json | jq '.tasks[].task_id'
    """
    with clear_errors():
        which = wanted(filters, _now)
    page = which.ordered(Page(limit=limit, sort_by=sort or "", descending=order == "desc"))
    page = page if cursor is None else _page_after(cursor, limit)
    redactor = state().settings.redactor
    _refuse_telling(page, redactor)
    with clear_errors():
        found, progress = _listing(state(), page, which, Parts() if as_json else LEAN)
    after = None if found.next is None else cursor_of(page, found.next)
    if as_json:
        more = {} if after is None else {"next_cursor": after}
        say_json({"tasks": dumped_without(redactor, TASK, found.tasks), **more})
        return
    show_table(tasks_table(found.tasks, progress, redactor))
    if after is not None:
        say(f"there are more: --cursor {after}", err=True)


def _now() -> datetime:
    """By the clock by which tasks are told when they were requested."""
    database = state().runtime.database
    return database.read(partial(time_now, clock=database.clock))


def _page_after(cursor: str, limit: int) -> Page:
    try:
        return page_after(cursor, limit=limit)
    except RefusedError as error:
        raise click.BadParameter("is none that a list has given out", param_hint="--cursor") from error


def _refuse_telling(page: Page, redactor: Redactor) -> None:
    try:
        refuse_telling(page, redactor)
    except RefusedError as error:
        raise click.BadParameter(f"{page.sort_by!r} {TELLING}", param_hint="--sort") from error


def _listing(state: State, page: Page, which: TaskFilter, parts: Parts) -> tuple[TaskListing, Mapping[int, Progress]]:
    """So many tasks, in pages of the size that the API has at most; how far each has come where steps are no part."""
    tasks: list[TaskReading] = []
    progress: dict[int, Progress] = {}
    with reading(state.reading_engine()) as session:
        for size in _sizes(page.limit, state.settings.max_page_size):
            listing = list_tasks(session, replace(page, limit=size), which, parts)
            tasks += listing.tasks
            if not parts.steps:
                progress |= progress_by_task(session, [task.row.task_id for task in listing.tasks])
            if listing.next is None:
                break
            page = replace(page, after=listing.next)
    return TaskListing(tasks=tasks, next=listing.next), progress


def _sizes(limit: int, largest: int) -> Iterator[int]:
    """Pages that have ``limit`` rows in all."""
    for before in range(0, limit, largest):
        yield min(largest, limit - before)


@click.command("show", epilog=CODES.replace("Exit codes:", "Exit codes with --watch:"))
@click.argument("task_id", type=TASK_ID)
@click.option("--watch", "is_watched", is_flag=True, help="Follow it until it is final.")
@timeout
@interval
@click.option("--history", is_flag=True, help="Also what happened to it, who did it and why.")
@as_json
@with_appcontext
def show_command(task_id: int, is_watched: bool, history: bool, as_json: bool, **patience: Any) -> None:
    """Show a task and its steps: attempts, when the next one is due, errors.

    With --watch it is looked at again and again until it is final, in place on a terminal that rich can draw on, and
    otherwise with a line for each change (with --json, a document for each).

    \b
    Examples:
      flask tasker show 7
      flask tasker show 7 --watch
      flask tasker show 7 --json | jq '.task.workflow_steps[] | select(.error)'
    """
    if is_watched and history:
        raise click.UsageError("--history is for a task that is not watched: leave out one of --history and --watch")
    if patience["timeout"] is not None and not is_watched:
        raise click.UsageError("--timeout is for --watch: add it, or leave out --timeout")
    with clear_errors():
        if is_watched:
            raise SystemExit(_watch(task_id, Patience(**patience), as_json))
        if as_json:
            say_json(_body(task_id, history))
            return
        look = look_at(state(), task_id)
        show(task_view(look))
        if history:
            say("")
            show_table(history_table(state(), look.row))


def _watch(task_id: int, patience: Patience, as_json: bool) -> int:
    if as_json:
        redactor = state().settings.redactor
        return watch_documents(task_id, lambda: task_of(state(), task_id), patience, redactor=redactor)
    return watch(task_id, lambda: look_at(state(), task_id), patience)


def _body(task_id: int, history: bool) -> dict[str, Any]:
    task = task_of(state(), task_id)
    shown = dumped_without(state().settings.redactor, TASK, task)
    return {"task": shown, **(history_body(state(), task.row) if history else {})}
