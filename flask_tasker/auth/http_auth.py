"""Flask-HTTPAuth: HTTP basic and API tokens."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request

from ..web.access import UNKNOWN
from .deciding import Asking, Decide


def by_http_auth(auth: Any, decide: Decide) -> Asking:
    """Let in whoever ``auth``, an ``HTTPBasicAuth``, ``HTTPTokenAuth`` or ``MultiAuth`` of the app's, knows.

    ``decide`` gets what its ``verify_password`` or ``verify_token`` returned.
    """
    main = getattr(auth, "main_auth", auth)
    return Asking(who=partial(_user, auth), decide=decide, challenge=f'{main.scheme} realm="{main.realm}"')


def _user(auth: Any) -> Any:
    found = _selected(auth)
    given = found.get_auth()
    user = found.authenticate(given, found.get_auth_password(given))
    if user is True:
        # Known to be good, by no object of the app's.
        return getattr(given, "username", None) or UNKNOWN
    # As the library has it: whatever is equal to False is nobody.
    return None if user in (False, None) else user


def _selected(auth: Any) -> Any:
    """Of several ways in, the one that the request takes."""
    ways = [getattr(auth, "main_auth", auth), *getattr(auth, "additional_auths", ())]
    return next((way for way in ways if way.is_compatible_auth(request.headers)), ways[0])
