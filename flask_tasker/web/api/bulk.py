"""A verb for all tasks that a filter selects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from ...engine import act_on_tasks
from ...lifecycle import Verb
from ..dependencies import ApiDependencies
from ..faults import refusals
from ..refusal import RefusedError
from .acting import actor_of
from .answer import answer
from .changes import bulk_of
from .filtering import filter_of

PERMISSIONS = {Verb.CANCEL: "tasker.task:destroy", Verb.RETRY: "tasker.task:retry"}
NO_FILTER = "name one at least: a bulk verb is not for all tasks there are"


def act(deps: ApiDependencies) -> Response:
    """Do it, or say what would be done; the ids of the tasks, and of those whose state did not allow it any more."""
    deps.door.enter("tasker.task:bulk")
    return answer(done_as(deps, bulk_of(request)))


def done_as(deps: ApiDependencies, said: Mapping[str, Any]) -> dict[str, Any]:
    """What came of what a client said, as ``BulkSchema`` has it, once they may act in bulk at all.

    Raises:
        RefusedError: 401 or 403 where they may not do this to a task, 400 naming the fields.
    """
    verb = Verb(said["action"])
    access = deps.door.enter(PERMISSIONS[verb])
    if not said["filters"]:
        raise RefusedError.for_fields({"filters": [NO_FILTER]})
    most = deps.settings.max_bulk_tasks
    with refusals():
        done = act_on_tasks(
            deps.runtime(),
            filter_of(said["filters"], access.owners, deps.settings.redactor),
            verb,
            actor=actor_of(access, said["reason"]),
            limit=most if said["limit"] is None else min(said["limit"], most),
            dry_run=said["dry_run"],
        )
    return {
        "action": str(verb),
        "dry_run": said["dry_run"],
        "count": len(done.task_ids),
        "task_ids": list(done.task_ids),
        "skipped": list(done.skipped),
        "more": done.more,
    }
