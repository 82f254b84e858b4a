"""Flask-Login: whoever is logged in to the app."""

from __future__ import annotations

from typing import Any

import flask_login

from .deciding import Asking, Decide


def by_login(decide: Decide) -> Asking:
    """Let in whoever Flask-Login knows; ``decide`` gets its ``current_user``."""
    return Asking(who=_current_user, decide=decide, challenge='Session realm="login"')


def _current_user() -> Any:
    # The user itself: the proxy would be another one in another request.
    user = flask_login.current_user._get_current_object()
    return user if user.is_authenticated else None
