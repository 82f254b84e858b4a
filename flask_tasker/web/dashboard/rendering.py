"""Pages as HTML, by an environment of our own: the host's templates, filters and globals are not ours."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from flask import Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from ...redaction import NOTHING, Redactor
from ..api.schemas import moment_text
from .drawing import clipped, duration
from .json_text import as_json
from .messages import forget, message_for
from .navigation import links, url
from .states import SHAPES, name_of
from .tokens import give_cookie, is_read_only, token_for
from .visit import Visit

_PACKAGE: Final = "flask_tasker.web.dashboard"


def page(visit: Visit, template: str, *, title: str, status: int = 200, **values: Any) -> Response:
    """A page with the frame around it; ``values`` are the template's."""
    said = {"message": message_for(request), "token": token_for(visit), "is_read_only": is_read_only()}
    response = html(template, status=status, redactor=visit.redactor, title=title, **said, **values)
    give_cookie(visit, request, response)
    forget(request, response)
    return response


def html(template: str, *, status: int = 200, redactor: Redactor = NOTHING, **values: Any) -> Response:
    """A template alone, as an answer: what a script asks for in place of part of a page, and pages of errors."""
    return html_of(part(template, redactor=redactor, links=list(links()), **values), status=status)


def part(template: str, *, redactor: Redactor, **values: Any) -> Markup:
    """A template alone, as part of an answer; its filter ``blanked`` takes secrets out of what somebody has said."""
    text = _environment().get_template(template).render(redactor=redactor, **values)
    return Markup(text)  # noqa: S704 - it has escaped what it was given


def html_of(text: Markup, *, status: int = 200) -> Response:
    """An answer."""
    # Half a surrogate pair has no UTF-8: it comes out as an escape.
    response = Response(text.encode("utf-8", "backslashreplace"), status=status, mimetype="text/html")
    # They have what only some may see, and tokens.
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"json": as_json, "iso": moment_text, "clock": _clock, "state": name_of}
    environment.filters |= {"clipped": clipped, "duration": duration, "blanked": _blanked}
    environment.globals |= {"shapes": SHAPES, "url": url}
    return environment


@pass_context
def _blanked(context: Context, text: str | None) -> str:
    redactor: Redactor = context["redactor"]
    return redactor.redacted_text(text or "")


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
