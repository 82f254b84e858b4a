"""The REST API."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, request

from ..dependencies import ApiDependencies
from ..graphql.route import add_graphql
from ..origin import refuse_cross_site
from .answer import View, guarded, not_sniffed
from .calls import CALLS
from .unknown import add_unknown

BLUEPRINT_NAME: Final = "tasker"


def create_blueprint(deps: ApiDependencies) -> Blueprint:
    """The API as a blueprint of its own for one app; it may be registered nested, or under another name."""
    blueprint = Blueprint(BLUEPRINT_NAME, __name__)
    for call in CALLS:
        view = guarded(_entered(deps, call.bound(deps), always_open=call.permission is None))
        blueprint.add_url_rule(call.path, call.name, view, methods=call.methods, strict_slashes=False)
    add_graphql(blueprint, deps, partial(_entered, deps))
    blueprint.record(add_unknown)
    blueprint.after_request(not_sniffed)
    return blueprint


def _entered(deps: ApiDependencies, view: View, *, always_open: bool = False) -> View:
    def entered_view(**values: Any) -> Response:
        refuse_cross_site(request, trusted=deps.settings.trusted_origins)
        if not always_open:
            deps.door.refuse_closed()
        return view(**values)

    return entered_view
