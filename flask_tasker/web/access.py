"""Who may do what: closed by default outside debug and testing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..errors import ConfigurationError, InvalidRequestError
from ..handlers.validation import check_actor
from ..models import Task
from .refusal import RefusedError

Authorize: TypeAlias = Callable[[str, Any], "Access | bool | None"]
"""``authorize(permission, resource)``: ``None`` for someone unknown (401), ``False`` to refuse (403), ``True`` to allow
everything, or an ``Access`` that says who it is and what they may see.

The permission is a text like ``"tasker.task:show"``. The resource is the row that it is about; ``None`` for a list of
tasks, for a new one, and for what is not there.
"""

MAX_OWNER: Final = 255
UNKNOWN: Final = "unknown"
CHALLENGE: Final = "Bearer"
"""How a client is asked to say who it is (RFC 9110, 11.6.1), where the callback has no ``challenge`` that says it."""

HOW_TO_OPEN: Final = (
    "The API is closed outside debug and testing; open it with tasker.authorize(callback), where "
    "callback(permission, resource) returns an Access or True, False (403) or None (401)."
)


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who acts, and what they may see.

    Attributes:
        actor: recorded with what they do, up to 255 characters.
        owner: to whom the tasks belong that they create.
        scope: the owner, or the owners, whose tasks they may see; ``None`` is all tasks. What is out of scope is
            answered as if it were not there.
    """

    actor: str = UNKNOWN
    owner: str | None = None
    scope: str | Collection[str] | None = None

    def __post_init__(self) -> None:
        try:
            check_actor(self.actor, None)
        except InvalidRequestError as error:
            raise ConfigurationError(f"Access: {error}") from None
        if self.owner is not None and not (isinstance(self.owner, str) and len(self.owner) <= MAX_OWNER):
            raise ConfigurationError(
                f"Access: owner must be text of up to {MAX_OWNER} characters, got {self.owner!r:.80}"
            )
        if self.owners is not None and not all(isinstance(owner, str) for owner in self.owners):
            raise ConfigurationError(f"Access: scope must be an owner or owners, which are text, got {self.scope!r}")

    @property
    def owners(self) -> frozenset[str] | None:
        """Whose tasks they may see; ``None`` is everybody's."""
        if self.scope is None:
            return None
        return frozenset([self.scope] if isinstance(self.scope, str) else self.scope)

    def sees(self, task: Task) -> bool:
        """Whether a task is in their scope."""
        return self.owners is None or task.owner in self.owners


@dataclass(frozen=True, kw_only=True)
class Door:
    """Lets requests in: by the callback, or where there is none, in debug and testing.

    Attributes:
        authorize: the callback, or ``None`` where none has been set.
        open_by_default: whether the app is in debug or testing.
    """

    authorize: Authorize | None
    open_by_default: bool

    def refuse_closed(self) -> None:
        """Refuse everything while nobody has said who may come in.

        Raises:
            RefusedError: 403, with the line that opens the API.
        """
        if self.authorize is None and not self.open_by_default:
            raise RefusedError(403, message=HOW_TO_OPEN)

    def enter(self, permission: str, resource: object = None) -> Access:
        """Who asks, if they may.

        Raises:
            RefusedError: 401 for someone unknown, 403 for someone who may not.
            ConfigurationError: the callback answered something else, which must not count as a yes.
        """
        self.refuse_closed()
        access: Any = True if self.authorize is None else self.authorize(permission, resource)
        if access is None:
            raise RefusedError(401, headers={"WWW-Authenticate": getattr(self.authorize, "challenge", CHALLENGE)})
        if access is False:
            raise RefusedError(403)
        if access is True:
            return Access()
        if not isinstance(access, Access):
            got = type(access).__name__
            raise ConfigurationError(f"authorize({permission!r}, ...) gave {got}; expected Access, True, False or None")
        return access
