"""Every other path under the prefix, and every method that a known one does not take: 404 in JSON."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from flask import Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from ..origin import is_preflight
from ..refusal import RefusedError
from .answer import guarded

ENDPOINT = "unknown"


class Rest(BaseConverter):
    """The rest of a path: empty, or with slashes that the router would otherwise merge by a redirect, an HTML page."""

    part_isolating = False
    regex = ".*?"
    weight = 1000


def add_unknown(state: BlueprintSetupState, *, trusted: Collection[str] = ()) -> None:
    """Route what nothing else takes to a 404, wherever and by whatever name the blueprint is registered.

    But a browser that asks for a page of one of the ``trusted`` origins whether it may make a request (a preflight, in
    the Fetch standard) wants an answer of success; what it may do, the headers say that the host adds.

    The rules are added to the map itself, since ``add_url_rule`` cannot say "any method".
    """
    prefix = (state.url_prefix or "").rstrip("/")
    endpoint = f"{state.name_prefix}.{state.name}.{ENDPOINT}".lstrip(".")
    state.app.url_map.converters[Rest.__qualname__] = Rest
    for path in (prefix or "/", f"{prefix}/<{Rest.__qualname__}:path>"):
        state.app.url_map.add(state.app.url_rule_class(path, endpoint=endpoint, subdomain=state.subdomain))
    state.app.view_functions[endpoint] = guarded(partial(_answered, trusted))


def _answered(trusted: Collection[str], **_values: Any) -> Response:
    if is_preflight(request, trusted=trusted):
        return Response(status=204)
    raise RefusedError(404)
