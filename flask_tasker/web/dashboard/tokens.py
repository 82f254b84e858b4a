"""The token of a form: a page of another site can send our forms, but it cannot know what is in them.

Under the host's Flask-WTF, where that is set up and on, the forms carry its tokens, and it checks them. Otherwise the
token is a signature of two things, made with the host's ``SECRET_KEY``:

- a random name that the browser has in a cookie of ours. The host's session is left alone: an app may have none, may
  keep it on a server, or may drop it at will. Without the cookie, everyone who is let in as the same actor (``True``
  from the callback, or debug, makes all of them one) could make a token that is good for the others.
- the actor. Without it, whoever can plant a cookie, from a sister domain or over plain HTTP, could plant their own
  beside the token that goes with it.

It has no end of its own: it is worth nothing without the cookie, which ends with the browser, and a page that was left
open overnight still works. Without a ``SECRET_KEY`` nothing can be signed: then the pages are there to be read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from flask import Request, Response, current_app
from itsdangerous import Signer

from ..refusal import RefusedError
from .browser import remember
from .visit import Visit

FIELD: Final = "tasker_token"
READ_ONLY: Final = "Nothing can be changed here: the app has no SECRET_KEY, with which forms are signed."
NOT_OURS: Final = "The form was made for another browser or another sign-in, or not by this page. Load it again."
_SALT: Final = "flask_tasker.dashboard.form"
_MARK: Final = "flask_tasker.dashboard.mark"


@dataclass(frozen=True, kw_only=True)
class Token:
    """A hidden field of every form."""

    name: str
    value: str


def is_read_only() -> bool:
    """Whether there is no key to sign forms with."""
    return not current_app.secret_key


def token_for(visit: Visit) -> Token | None:
    """The token of a form that is shown to them; ``None`` where nothing can be changed."""
    if is_read_only():
        return None
    if _host_protection() is not None:
        its = current_app.jinja_env.globals["csrf_token"]
        return Token(name=current_app.config["WTF_CSRF_FIELD_NAME"], value=its())  # type: ignore[operator]
    return Token(name=FIELD, value=_signer().get_signature(_bound_to(visit)).decode())


def give_cookie(visit: Visit, request: Request, response: Response) -> None:
    """Let the browser keep what the token is bound to."""
    if not is_read_only() and _host_protection() is None:
        remember(visit.browser, request, response)


def check_token(visit: Visit, request: Request) -> None:
    """Refuse a form that no page of ours has shown to them.

    Raises:
        RefusedError: 403 without a ``SECRET_KEY``; 400 where the token is missing or another one.
        BadRequest: 400 from Flask-WTF, for the same reason.
    """
    if is_read_only():
        raise RefusedError(403, message=READ_ONLY)
    if (protection := _host_protection()) is not None:
        # Again where it was checked already: a host may check only some of its pages by itself.
        protection.protect()
    elif not _signer().verify_signature(_bound_to(visit), request.form.get(FIELD, "").encode()):
        raise RefusedError(400, message=NOT_OURS)


def mark_of(value: Any) -> str:
    """What is the same for as long as the value is, and tells nothing of it to who has no key."""
    return _signer(_MARK).get_signature(json.dumps(value, sort_keys=True)).decode()


def keys() -> list[Any]:
    """The host's keys, the one in use last: what an earlier one has signed is still good while it is listed."""
    return [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.secret_key]


def _host_protection() -> Any:
    """The host's ``CSRFProtect`` where it is on, known by what it puts into the app: it may not be installed."""
    extension, config = current_app.extensions.get("csrf"), current_app.config
    is_on = config.get("WTF_CSRF_ENABLED") and "POST" in config.get("WTF_CSRF_METHODS", ())
    return extension if is_on else None


def _signer(salt: str = _SALT) -> Signer:
    return Signer(keys(), salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)


def _bound_to(visit: Visit) -> bytes:
    # As JSON, so that no two pairs give the same text.
    return json.dumps([visit.browser, visit.access.actor]).encode()
