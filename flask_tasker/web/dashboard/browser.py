"""The cookie by which a browser is known again, without the host's session."""

from __future__ import annotations

import re
import secrets
from typing import Final

from flask import Request, Response, url_for

COOKIE: Final = "tasker_browser"
_BYTES: Final = 24
_MADE_BY_US: Final = re.compile(r"[A-Za-z0-9_-]{32}")


def browser_of(request: Request) -> str:
    """The name in the request's cookie, or a new one."""
    return _known(request) or secrets.token_urlsafe(_BYTES)


def remember(browser: str, request: Request, response: Response) -> None:
    """Give the browser its name, unless it has it."""
    if _known(request) != browser:
        keep(response, COOKIE, browser, request)


def keep(response: Response, name: str, value: str, request: Request, *, seconds: int | None = None) -> None:
    """Set a cookie that only the dashboard is sent, and no script is shown; without ``seconds`` until the browser ends.

    ``Lax``, not ``Strict``: who follows a link from a mail or a chat must not lose the forms that they have open.
    """
    response.set_cookie(
        name, value, max_age=seconds, path=_path(), secure=request.is_secure, httponly=True, samesite="Lax"
    )


def drop(response: Response, name: str) -> None:
    """Delete such a cookie."""
    response.delete_cookie(name, path=_path())


def _known(request: Request) -> str | None:
    name = request.cookies.get(COOKIE, "")
    return name if _MADE_BY_US.fullmatch(name) else None


def _path() -> str:
    # Without its last slash: the overview is also there without it, where a browser would not send the cookie.
    return url_for(".overview").rstrip("/")
