"""Who acts, as the history has it."""

from __future__ import annotations

from ...handlers.validation import check_actor
from ...store.verbs import Actor
from ..access import Access


def actor_of(access: Access, reason: str | None) -> Actor:
    """Who says it, and why.

    Raises:
        InvalidRequestError: one of the two cannot be stored.
    """
    check_actor(access.actor, reason)
    return Actor(name=access.actor, reason=reason)
