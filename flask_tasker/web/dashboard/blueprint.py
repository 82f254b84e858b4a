"""The dashboard as a blueprint of its own, beside that of the API and below the same prefix."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from ..api.answer import View, not_sniffed
from ..api.openapi import POLICY
from ..dependencies import ApiDependencies
from ..entered import entered
from .errors import guarded, of_http
from .files import ENDPOINT, asset
from .routes import ROUTES
from .unknown import BELOW, add_rest

DASHBOARD_NAME: Final = "tasker_ui"


def create_dashboard(deps: ApiDependencies) -> Blueprint:
    """The dashboard for one app; it may be registered nested, or under another name.

    It is registered with the prefix of the API, and before the API, to whom all other paths below that belong.
    """
    blueprint = Blueprint(DASHBOARD_NAME, __name__)
    behind = partial(_behind, deps)
    for route in ROUTES:
        _add(blueprint, route.path, route.name, route.method, behind(route.bound(deps)))
    _add(blueprint, "/assets/<name>", ENDPOINT, "GET", behind(_asset))
    blueprint.record(partial(add_rest, entered=behind))
    # Flask-WTF refuses a form before a view is reached.
    blueprint.register_error_handler(BadRequest, of_http)
    blueprint.after_request(secured)
    blueprint.url_value_preprocessor(partial(_make_room, deps.settings.max_request_bytes))
    return blueprint


def secured(response: Response) -> Response:
    """``response``, with what browsers must not do with it: load or frame anything else, guess, or tell where from."""
    response.headers["Content-Security-Policy"] = POLICY
    # With "no-referrer" they would send forms with "Origin: null", which is nobody's.
    response.headers["Referrer-Policy"] = "same-origin"
    return not_sniffed(response)


def _behind(deps: ApiDependencies, view: View) -> View:
    return guarded(entered(deps, view))


def _add(blueprint: Blueprint, path: str, name: str, method: str, view: View) -> None:
    # Flask would answer OPTIONS with an empty page.
    options: dict[str, Any] = {"strict_slashes": False, "provide_automatic_options": False}
    blueprint.add_url_rule(f"{BELOW}{path}", name, view, methods=[method], **options)


def _make_room(most: int, _endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let forms be as large as bodies of the API, before Flask-WTF reads one: by default Flask ends them at 500 kB."""
    request.max_form_memory_size = most


def _asset(**values: Any) -> Response:
    return asset(values["name"])
