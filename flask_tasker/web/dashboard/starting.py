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
from .handlers import CREATE, found, shown
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
        with refusals():
            task = visit.deps.create(_wanted(definition, form, access), access.owner)
    except RefusedError as refusal:
        if refusal.status not in MENDABLE:
            raise
        return shown(visit, definition, form.refused(refusal.faults), status=refusal.status)
    return say(f"Task {task.task_id} is started.", request, see("show_task", task_id=task.task_id))


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
