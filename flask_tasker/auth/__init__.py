"""Ready-made callbacks for ``tasker.authorize``, over the login that the app has already.

Each asks who it is, answers 401 where that is nobody, and leaves to ``decide(user, permission, resource)`` what they
may do: it returns an ``Access``, ``True`` or ``False``. They import their library when they are called, not before.
"""

from __future__ import annotations

from .deciding import Decide
from .http_auth import by_http_auth
from .jwt import by_jwt
from .login import by_login

__all__ = ["Decide", "by_http_auth", "by_jwt", "by_login"]
