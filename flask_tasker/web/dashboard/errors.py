"""What goes wrong, as a page of ours: the host's error handlers see nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from ..api.answer import View, report
from ..refusal import NAMES, RefusedError
from .rendering import html

EXPLAINED: Final[Mapping[int, str]] = {
    400: "What was sent makes no sense here.",
    401: "It is not known who you are. Sign in, and try again.",
    403: "You may not do this.",
    404: "There is nothing here, or nothing that you may see.",
    409: "This cannot be done any more, or not yet.",
    413: "That is more than may be sent at once.",
    500: "This is a fault of ours. It is in the app's log.",
    503: "The database does not answer. Nothing is known to have changed. Try again in a moment.",
}

SENT_IN_VAIN: Final = (
    "The database has not answered. What you sent may have been done, or a part of it: "
    "look at the tasks before you send it again."
)
OTHERWISE: Final = "This cannot be done."


def guarded(view: View) -> View:
    """``view``, with whatever it raises turned into a page; but a response that the host aborts with is its own."""

    def guarded_view(**values: Any) -> Response:
        try:
            return view(**values)
        except RefusedError as refusal:
            return refused(refusal)
        except HTTPException as error:
            return of_http(error)
        except Exception as error:
            report(error)
            return refused(RefusedError(500))

    return guarded_view


def refused(refusal: RefusedError) -> Response:
    """The page of a refusal."""
    status = refusal.status
    explained = SENT_IN_VAIN if status == 503 and request.method == "POST" else EXPLAINED.get(status, OTHERWISE)
    message = refusal.message or explained
    response = html(
        "error.html",
        status=status,
        title=NAMES.get(status, "Error"),
        number=status,
        explained=message,
        faults=refusal.faults,
        message="",
        is_read_only=False,
    )
    response.headers.update(refusal.headers)
    return _for_script(response)


def of_http(error: HTTPException) -> Response:
    """The page of an abort: by Flask-WTF, or by a callback, which may send people to where they sign in."""
    if error.response is not None:
        return _for_script(current_app.make_response(error.response))
    return refused(RefusedError(error.code or 500, message=_words(error)))


def _for_script(response: Response) -> Response:
    """``response``, but a script that may not go on is told to load the whole page anew, which then says why.

    It would follow a redirect, and put a sign-in page into the page; or ask in vain for ever.
    """
    if "HX-Request" not in request.headers or not (
        response.status_code in (401, 403) or 300 <= response.status_code < 400
    ):
        return response
    return Response(status=401, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})


def _words(error: HTTPException) -> str:
    is_own = error.description is not None and error.description != type(error).description
    # Flask-WTF says what is wrong with a token.
    return str(error.description) if is_own and error.code == 400 else ""
