"""Somebody who is known, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..web.access import Access

Decide: TypeAlias = Callable[[Any, str, Any], "Access | bool"]
"""``decide(user, permission, resource)``: an ``Access``, ``True`` to allow all, ``False`` to refuse."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A callback for ``tasker.authorize``.

    Attributes:
        who: tells who makes the current request; ``None`` where nobody knows.
        decide: what they may do.
        challenge: how a client may say who it is, in ``WWW-Authenticate`` (RFC 9110, 11.6.1).
    """

    who: Callable[[], Any]
    decide: Decide
    challenge: str

    def __call__(self, permission: str, resource: Any) -> Access | bool | None:
        """As ``tasker.authorize`` wants it."""
        user = self.who()
        return None if user is None else self.decide(user, permission, resource)
