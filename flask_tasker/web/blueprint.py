"""All that programs are served, as one blueprint."""

from __future__ import annotations

from functools import partial
from typing import Final

from flask import Blueprint

from .api.answer import guarded, not_sniffed
from .api.calls import CALLS
from .api.unknown import add_unknown
from .dependencies import ApiDependencies
from .entered import entered
from .graphql.route import add_graphql
from .openapi import mounted

BLUEPRINT_NAME: Final = "tasker"


def create_blueprint(deps: ApiDependencies) -> Blueprint:
    """The API as a blueprint of its own for one app; it may be registered nested, or under another name."""
    blueprint = Blueprint(BLUEPRINT_NAME, __name__)
    for call in CALLS:
        view = guarded(entered(deps, call.bound(deps), is_open=call.permission is None))
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
