"""Cross-site requests: a page of another site must not act with the browser's cookies for this one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask import Request

from .refusal import RefusedError

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITES: Final = frozenset({"same-origin", "none"})


def refuse_cross_site(request: Request, *, trusted: Collection[str] = ()) -> None:
    """Refuse an unsafe request that a browser says comes from elsewhere; programs send neither header and pass.

    ``trusted`` are origins, like ``https://admin.example``, from which it may come all the same.

    Raises:
        RefusedError: 403.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() in trusted:
        return
    own = site in OWN_SITES if site else origin is None or _same(origin, request.host_url)
    if not own:
        raise RefusedError(403, message="The request comes from another site.")


def is_preflight(request: Request, *, trusted: Collection[str]) -> bool:
    """Whether a browser asks if a page of one of the ``trusted`` origins may make a request."""
    origin = request.headers.get("Origin", "").lower()
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers and origin in trusted


def _same(origin: str, host_url: str) -> bool:
    # Both leave out the port where it is the scheme's own.
    return origin.lower() == host_url.rstrip("/").lower()
