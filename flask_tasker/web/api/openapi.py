"""The OpenAPI document of the API, and the page that shows it."""

from __future__ import annotations

from typing import Final

from flask import Response, current_app, request

from ..dependencies import ApiDependencies
from ..openapi import Mount, mount_of, page_of, stylesheet
from .answer import revalidated, revalidated_text

POLICY: Final = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def document(deps: ApiDependencies) -> Response:
    """The document, its server being the path under which the client has found it."""
    deps.door.enter("tasker.openapi:show")
    return revalidated(_mount().document_below(request.script_root))


def page(deps: ApiDependencies) -> Response:
    """The document as HTML."""
    deps.door.enter("tasker.openapi:show")
    response = revalidated_text(page_of(_mount(), below=request.script_root), "text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def style(deps: ApiDependencies) -> Response:
    """How the page looks."""
    deps.door.enter("tasker.openapi:show")
    return revalidated_text(stylesheet(), "text/css")


def _mount() -> Mount:
    return mount_of(current_app, request.blueprint)
