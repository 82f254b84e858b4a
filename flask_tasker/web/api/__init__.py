"""The REST API."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, current_app, request

from ..access import refuse_closed
from ..dependencies import ApiDependencies
from ..origin import refuse_cross_site
from . import health, steps, tasks
from .answer import View, guarded, not_sniffed
from .size import limited
from .unavailable import bounded
from .unknown import add_unknown

BLUEPRINT_NAME: Final = "tasker"
LIVE_ENDPOINT: Final = "health_live"

ROUTES: Final = (
    ("GET", "/tasks", "list_tasks", tasks.index),
    ("POST", "/tasks", "create_task", tasks.create),
    ("GET", "/tasks/<task_id>", "show_task", tasks.show),
    ("GET", "/tasks/<task_id>/workflow_steps", "list_steps", steps.index),
    ("GET", "/tasks/<task_id>/workflow_steps/<step_id>", "show_step", steps.show),
    ("GET", "/health/status", "health_status", health.status),
)

OPEN_ROUTES: Final = (
    ("GET", "/health/live", LIVE_ENDPOINT, health.live),
    ("GET", "/health/ready", "health_ready", health.ready),
)


def create_blueprint(deps: ApiDependencies) -> Blueprint:
    """The API as a blueprint of its own for one app; it may be registered nested, or under another name."""
    blueprint = Blueprint(BLUEPRINT_NAME, __name__)
    for method, path, endpoint, view in ROUTES:
        entered = bounded(_entered(deps, partial(view, deps)), seconds=deps.settings.http_timeout_seconds)
        blueprint.add_url_rule(path, endpoint, guarded(entered), methods=[method], strict_slashes=False)
    for method, path, endpoint, open_view in OPEN_ROUTES:
        asked = guarded(partial(open_view, deps))
        blueprint.add_url_rule(path, endpoint, asked, methods=[method], strict_slashes=False)
    blueprint.record(add_unknown)
    blueprint.after_request(not_sniffed)
    return blueprint


def _entered(deps: ApiDependencies, view: View) -> View:
    sized = limited(view, max_bytes=deps.settings.max_request_bytes)

    def entered_view(**values: Any) -> Response:
        refuse_cross_site(request)
        refuse_closed(deps.authorize(), open_by_default=current_app.debug or current_app.testing)
        return sized(**values)

    return entered_view
