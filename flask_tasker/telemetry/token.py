"""The token of a scraper."""

from __future__ import annotations

import hmac


def is_token(header: str | None, token: str) -> bool:
    """Whether an ``Authorization`` header carries ``token`` (RFC 6750, 2.1), compared in constant time."""
    scheme, _, given = (header or "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
