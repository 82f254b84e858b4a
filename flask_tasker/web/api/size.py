"""How large a body may be."""

from __future__ import annotations

from typing import Any, Final

from flask import Request, Response, request
from werkzeug.wsgi import get_input_stream

from ..refusal import RefusedError
from .answer import View

TOO_LARGE: Final = 413
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def limited(view: View, *, max_bytes: int) -> View:
    """``view``, for bodies of at most so many bytes: of a larger one no more than one byte beyond them is read."""

    def limited_view(**values: Any) -> Response:
        if request.method in WITH_BODY:
            _read_body(request, max_bytes)
        return view(**values)

    return limited_view


def _read_body(request: Request, max_bytes: int) -> None:
    """Read the body, whether its length was said or it comes in chunks; the request keeps it.

    Raises:
        RefusedError: 413.
        RequestEntityTooLarge: 413 as well: it is over the host's own limit.
    """
    if (request.content_length or 0) > max_bytes:
        raise RefusedError(TOO_LARGE)
    if "stream" not in request.__dict__:
        # With a limit, Werkzeug ends a body in chunks there and says nothing of the rest.
        own = request.max_content_length
        most = max_bytes + 1 if own is None else min(own, max_bytes) + 1
        request.stream = get_input_stream(request.environ, max_content_length=most)
    size = len(request.get_data())
    if size > max_bytes or (request.max_content_length is not None and size > request.max_content_length):
        raise RefusedError(TOO_LARGE)
