"""Flask-JWT-Extended: whoever brings a token that the app has signed."""

from __future__ import annotations

from typing import Any

from flask_jwt_extended import get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from .deciding import Asking, Decide


def by_jwt(decide: Decide) -> Asking:
    """Let in whoever brings a good token; ``decide`` gets its claims, ``sub`` being who it is.

    No token is 401, and so is one that has expired, was revoked, or is not ours.
    """
    return Asking(who=_claims, decide=decide, challenge="Bearer")


def _claims() -> dict[str, Any] | None:
    try:
        verify_jwt_in_request()
    except (JWTExtendedException, PyJWTError):
        return None
    claims: dict[str, Any] = get_jwt()
    return claims
