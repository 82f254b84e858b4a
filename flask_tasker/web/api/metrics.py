"""The metrics of the app, for a scraper."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from ...telemetry.token import is_token
from ..dependencies import ApiDependencies
from ..refusal import RefusedError

MISSING: Final = "Metrics need an extra that is not installed: pip install 'flask-tasker[prometheus]'"
OFF: Final = "Metrics are switched off: TASKER_METRICS is False"
MEDIA_TYPES: Final = ("text/plain", "application/openmetrics-text")


def show(deps: ApiDependencies) -> Response:
    """All figures, to whoever has the token or may see everybody's."""
    if not _has_token(deps.settings.metrics_token) and deps.door.enter("tasker.metrics:show").owners is not None:
        # They tell of everybody's tasks.
        raise RefusedError(403)
    if deps.metrics is None:
        raise RefusedError(501, message=MISSING if deps.settings.metrics else OFF)
    body, media_type = deps.metrics(request.headers.get("Accept", ""))
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _has_token(token: str | None) -> bool:
    return token is not None and is_token(request.headers.get("Authorization"), token)
