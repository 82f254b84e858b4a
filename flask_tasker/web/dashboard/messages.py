"""What was done, said once on the next page: in a signed cookie, for the address of a page is shared and kept."""

from __future__ import annotations

import hashlib
from typing import Final

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from .browser import drop, keep
from .tokens import is_read_only, keys

COOKIE: Final = "tasker_said"
SECONDS: Final = 60
LONGEST: Final = 300
_SALT: Final = "flask_tasker.dashboard.message"


def say(text: str, request: Request, response: Response) -> Response:
    """``response``, after which the next page has the message."""
    keep(response, COOKIE, str(_serializer().dumps(text[:LONGEST])), request, seconds=SECONDS)
    return response


def message_for(request: Request) -> str:
    """The message that the page has to show; empty where there is none."""
    said = request.cookies.get(COOKIE)
    if said is None or is_read_only():
        return ""
    try:
        text = _serializer().loads(said, max_age=SECONDS)
    except BadData:
        return ""
    return str(text)


def forget(request: Request, response: Response) -> None:
    """Say it only once."""
    if COOKIE in request.cookies:
        drop(response, COOKIE)


def _serializer() -> URLSafeTimedSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(keys(), salt=_SALT, signer_kwargs=options)
