"""The handlers that the app has: all of them, and one with the form that starts a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request

from ...errors import UnknownHandlerError
from ...handlers import HandlerDefinition
from ...handlers.request import DEFAULT_NAMESPACE
from ..api.context_document import document_of
from ..api.handlers import graph_of
from ..refusal import RefusedError
from .rendering import page
from .retry_policy import policy_of
from .start_form import JSON, StartForm
from .tokens import is_read_only
from .visit import Visit

INDEX: Final = "tasker.handler:index"
SHOW: Final = "tasker.handler:show"
CREATE: Final = "tasker.task:create"


def index(visit: Visit) -> Response:
    """All handlers, each version of each."""
    visit.deps.door.enter(INDEX)
    return page(visit, "handlers.html", title="Handlers", handlers=list(visit.deps.handlers))


def show(visit: Visit) -> Response:
    """One handler, with an empty form."""
    visit.deps.door.enter(SHOW)
    definition = found(visit, request.args)
    return shown(visit, definition, StartForm.empty(definition, by_hand=request.args.get("form") == JSON))


def shown(visit: Visit, definition: HandlerDefinition, form: StartForm, *, status: int = 200) -> Response:
    """One handler, with a form as it stands."""
    namespace, name, version = definition.key
    templates = definition.graph.templates
    return page(
        visit,
        "handler.html",
        title=definition.full_name,
        status=status,
        handler=definition,
        key={"namespace": namespace, "name": name, "version": version},
        versions=[one.key[2] for one in visit.deps.handlers if one.key[:2] == definition.key[:2]],
        steps=[(template, policy_of(template)) for template in templates.values()],
        levels=graph_of(definition).levels,
        document=document_of(definition.context_schema),
        may_start=not is_read_only() and visit.may(CREATE),
        skippable=[template.name for template in templates.values() if template.skippable],
        form=form,
    )


def found(visit: Visit, said: Mapping[str, str]) -> HandlerDefinition:
    """The handler that an address names: its name is in the query, since it may be any text.

    Raises:
        RefusedError: 404, where there is none.
    """
    try:
        return visit.deps.handlers.get(
            said.get("name", ""), namespace=said.get("namespace", DEFAULT_NAMESPACE), version=said.get("version")
        )
    except UnknownHandlerError:
        raise RefusedError(404) from None
