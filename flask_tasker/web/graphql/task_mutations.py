"""What can be done to tasks. Each is a transaction of its own; an operation's run one after the other."""

from __future__ import annotations

from typing import Final

from strawberry import ID

from ...engine import act_on_task, edit_task
from ...lifecycle import Verb
from ..access import Access
from ..api.acting import actor_of
from ..api.bulk import done_as
from ..api.changes import BulkSchema
from ..api.loading import loaded
from ..api.requests import request_for
from ..entering import enter_task
from ..faults import refusals
from ..redacting import refuse_blanked
from ..refusal import RefusedError
from .context import Info, enter
from .ids import key_of
from .inputs import BulkTasksInput, CancelTaskInput, CreateTaskInput, RetryTaskInput, UpdateTaskInput, given
from .loading import load_task
from .permissions import PERMISSIONS
from .texts import object_from
from .types import BulkResult, Task

REASON: Final = frozenset({"reason"})


def create_task(info: Info, *, input: CreateTaskInput) -> Task | None:
    """A new task, with the steps that its handler gives it."""
    access = enter(info)
    if not input.name.strip():
        raise RefusedError.for_fields({"name": ["must not be blank"]})
    wanted = {**given(input, nulls=REASON), "context": object_from(input.context, "context")}
    refuse_blanked(info.context.deps.settings.redactor, "context", wanted["context"])
    with refusals():
        task_id = info.context.deps.create(request_for(wanted), access.owner).task_id
    return _shown(info, task_id)


def update_task(info: Info, *, input: UpdateTaskInput) -> Task | None:
    """A task whose reason and tags are changed."""
    task_id, _ = _entered(info, input.task_id)
    said = given(input, nulls=REASON)
    with refusals():
        changes = {name: said[name] for name in ("reason", "tags") if name in said}
        edit_task(info.context.deps.runtime(), task_id, changes)
    return _shown(info, task_id)


def cancel_task(info: Info, *, input: CancelTaskInput) -> Task | None:
    """A task that is cancelled; once more changes nothing."""
    return _acted_on(info, input, Verb.CANCEL)


def retry_task(info: Info, *, input: RetryTaskInput) -> Task | None:
    """A task whose failed steps are tried again."""
    return _acted_on(info, input, Verb.RETRY)


def bulk_tasks(info: Info, *, input: BulkTasksInput) -> BulkResult | None:
    """What came of a verb for all tasks that filters select."""
    enter(info)
    # A null here is refused and not left out: it would widen the filter, or do what was only to be said.
    filters = dict(given(input.filters, nulls=frozenset(vars(input.filters))))
    if filters.get("task_ids") is not None:
        filters["task_ids"] = [key_of(text) for text in filters["task_ids"]]
    said = {**given(input, nulls=frozenset({"dry_run"})), "filters": filters}
    done = done_as(info.context.deps, loaded(BulkSchema(), said))
    ids = {name: [ID(str(key)) for key in done[name]] for name in ("task_ids", "skipped")}
    return BulkResult(**{**done, **ids})


def _acted_on(info: Info, wanted: CancelTaskInput | RetryTaskInput, verb: Verb) -> Task:
    task_id, access = _entered(info, wanted.task_id)
    with refusals():
        actor = actor_of(access, given(wanted).get("reason"))
        act_on_task(info.context.deps.runtime(), task_id, verb, actor=actor)
    return _shown(info, task_id)


def _entered(info: Info, task_id: str) -> tuple[int, Access]:
    """The key of a task, and who asks, if they may do this to it."""
    task, access = enter_task(info.context.deps, PERMISSIONS[info.field_name], key_of(task_id))
    return task.task_id, access


def _shown(info: Info, task_id: int) -> Task:
    found = load_task(info, task_id)
    if found is None:
        raise RefusedError(404)
    return found
