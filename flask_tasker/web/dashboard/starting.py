"""A task that is started by hand."""

from __future__ import annotations

from flask import Response, request

from ...handlers import HandlerDefinition, TaskRequest
from ...handlers.request import UNKNOWN
from ...handlers.validation import MAX_TEXT
from ..access import Access
from ..faults import refusals
from ..redacting import refuse_blanked
from ..refusal import RefusedError
from .actions import MENDABLE
from .handlers import CREATE, SHOW, found, shown
from .messages import say
from .navigation import see
from .start_form import StartForm
from .visit import Visit

SOURCE = "dashboard"


def start(visit: Visit) -> Response:
    """Start a task of a handler, or show the form again with what is wrong with it."""
    access = visit.deps.door.enter(CREATE)
    definition = found(visit, request.args)
    form = StartForm.typed(definition, request.form)
    try:
        refuse_blanked(visit.redactor, "context", form.values)
        task_id = _started(visit, _wanted(definition, form, access), access.owner, form.key)
    except RefusedError as refusal:
        if refusal.status not in MENDABLE or not visit.may(SHOW):
            raise
        again = form.refused(refusal.faults) if refusal.faults else form.started_already()
        return shown(visit, definition, again, status=refusal.status)
    return say(f"Task {task_id} is started.", request, see("show_task", task_id=task_id))


def _started(visit: Visit, wanted: TaskRequest, owner: str | None, key: str) -> int:
    with refusals():
        if not key:
            return visit.deps.create(wanted, owner).task_id
        # Whoever sends the form again, after a 503 or with a second click, comes to the same task.
        return visit.deps.create_once(wanted, f"{SOURCE} {key}", owner).task_id


def _wanted(definition: HandlerDefinition, form: StartForm, access: Access) -> TaskRequest:
    namespace, name, version = definition.key
    return TaskRequest(
        name=name,
        namespace=namespace,
        version=version,
        context=form.values,
        initiator=access.actor[:MAX_TEXT],
        source_system=SOURCE,
        reason=form.reason or UNKNOWN,
        tags=tuple(tag.strip() for tag in form.tags.split(",") if tag.strip()),
        bypass_steps=tuple(form.bypass_steps),
    )
