"""What every request goes through before its view."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from .api.answer import View
from .api.size import limited
from .api.unavailable import bounded
from .dependencies import ApiDependencies
from .origin import refuse_cross_site


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
