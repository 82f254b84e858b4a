"""The client of httpx's that everything is sent with."""

from __future__ import annotations

from collections.abc import Mapping

import httpx


def opened(
    base_url: str,
    *,
    headers: Mapping[str, str] | None,
    auth: httpx.Auth | tuple[str, str] | None,
    timeout: float,
    transport: httpx.BaseTransport | None,
) -> httpx.Client:
    """A client for one API.

    Raises:
        ValueError: ``base_url`` is no absolute http or https URL, or has a password in it, which httpx would log.
    """
    url = httpx.URL(base_url)
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"base_url must be like https://shop.example/tasker, got {_shown(url)}")
    if url.userinfo:
        raise ValueError(f"base_url must not hold a user or password, got {_shown(url)}; pass auth=(user, password)")
    if url.query or url.fragment:
        raise ValueError(f"base_url must end in the path, got {_shown(url)} and more")
    return httpx.Client(
        base_url=url,
        headers={"Accept": "application/json", **(headers or {})},
        auth=auth,
        timeout=timeout,
        transport=transport,
    )


def _shown(url: httpx.URL) -> str:
    """Without what may be a secret: who asks, and the query."""
    return repr(str(url.copy_with(userinfo=b"", query=None, fragment=None)))
