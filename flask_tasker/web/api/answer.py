"""How the API answers: JSON in UTF-8, made without the host's JSON provider and error handlers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from flask import Response, current_app, got_request_exception, request
from werkzeug.exceptions import HTTPException

from ..refusal import RefusedError

View: TypeAlias = Callable[..., Response]

REVALIDATE: Final = "max-age=0, private, must-revalidate"


def answer(body: Mapping[str, Any], *, status: int = 200) -> Response:
    """A JSON answer, its keys in the order of ``body``."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair has no UTF-8, but the same text as an escape is JSON.
    return Response(text.encode("utf-8", "backslashreplace"), status=status, mimetype="application/json")


def revalidated(body: Mapping[str, Any]) -> Response:
    """An answer that a client may keep and ask about again: weak ETag, and 304 where it has not changed."""
    return _revalidated(answer(body))


def revalidated_text(text: str, mimetype: str) -> Response:
    """The same, of text."""
    return _revalidated(Response(text.encode(), mimetype=mimetype))


def _revalidated(response: Response) -> Response:
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = REVALIDATE
    response.make_conditional(request)
    return response


def guarded(view: View) -> View:
    """``view``, with whatever it raises turned into a JSON answer: the host's error handlers see nothing of it."""

    def guarded_view(**values: Any) -> Response:
        try:
            return view(**values)
        except RefusedError as refusal:
            return _refused(refusal)
        except HTTPException as error:
            return _refused(RefusedError(error.code or 500))
        except Exception as error:
            report(error)
            return _refused(RefusedError(500))

    return guarded_view


def report(error: Exception) -> None:
    """Tell of a fault of ours as Flask does of one that nothing handles: those who watch for it must hear of it."""
    got_request_exception.send(current_app._get_current_object(), exception=error)  # type: ignore[attr-defined]
    current_app.log_exception((type(error), error, error.__traceback__))  # type: ignore[arg-type]


def not_sniffed(response: Response) -> Response:
    """``response``, with browsers told to take its type as it says."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _refused(refusal: RefusedError) -> Response:
    response = answer(refusal.body, status=refusal.status)
    response.headers.update(refusal.headers)
    return response
