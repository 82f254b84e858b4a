"""Everything that the app serves of ours, as one blueprint."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, request

from .api.answer import View, guarded, not_sniffed
from .api.calls import CALLS
from .api.size import limited
from .api.unavailable import bounded
from .api.unknown import add_unknown
from .dependencies import ApiDependencies
from .graphql.route import add_graphql
from .openapi import mounted
from .origin import refuse_cross_site

BLUEPRINT_NAME: Final = "tasker"


def create_blueprint(deps: ApiDependencies) -> Blueprint:
    """The API as a blueprint of its own for one app; it may be registered nested, or under another name."""
    blueprint = Blueprint(BLUEPRINT_NAME, __name__)
    for call in CALLS:
        view = guarded(entered(deps, call.bound(deps), is_open=call.permission is None or call.by_token))
        # Flask would answer OPTIONS with an empty page.
        blueprint.add_url_rule(
            call.path,
            call.name,
            view,
            methods=call.methods,
            strict_slashes=False,
            provide_automatic_options=False,
        )
    add_graphql(blueprint, deps, partial(entered, deps))
    blueprint.record(partial(add_unknown, trusted=deps.settings.trusted_origins))
    blueprint.record(partial(mounted, calls=CALLS))
    blueprint.after_request(not_sniffed)
    return blueprint


def entered(deps: ApiDependencies, view: View, *, is_open: bool = False) -> View:
    """``view``, behind what every request goes through: where it comes from, its size, and how long it may take.

    ``is_open``: also while nobody has said who may come in.
    """
    sized = limited(view, max_bytes=deps.settings.max_request_bytes)

    def entered_view(**values: Any) -> Response:
        refuse_cross_site(request, trusted=deps.settings.trusted_origins)
        if not is_open:
            deps.door.refuse_closed()
        return sized(**values)

    return bounded(entered_view, seconds=deps.settings.http_timeout_seconds)
