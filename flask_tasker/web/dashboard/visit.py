"""Someone who looks at the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Request
from werkzeug.exceptions import HTTPException

from ...models import Task
from ...redaction import Redactor
from ..access import Access
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .browser import browser_of

ENTER: Final = "tasker.dashboard:show"
WORKERS: Final = "tasker.health_status:show"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of someone who may enter the dashboard.

    Attributes:
        access: who they are, as the callback answered for the dashboard itself; what they may see of a task, it says
            for that task.
        browser: a name by which their browser is known again, and nobody else's.
    """

    deps: ApiDependencies
    access: Access
    browser: str

    @classmethod
    def of(cls, deps: ApiDependencies, request: Request) -> Visit:
        """Whoever makes this request.

        Raises:
            RefusedError: 401 or 403, where they may not enter.
        """
        return cls(deps=deps, access=deps.door.enter(ENTER), browser=browser_of(request))

    @property
    def redactor(self) -> Redactor:
        """What takes secrets out of what they are shown."""
        return self.deps.settings.redactor

    @property
    def sees_workers(self) -> bool:
        """Whether they may know of workers, which work for everybody: as the API has it, not within a scope."""
        access = self.access_to(WORKERS)
        return access is not None and access.owners is None

    def may(self, permission: str, resource: object = None, *, of: Task | None = None) -> bool:
        """Whether it makes sense to offer them this; whoever does it is asked for again.

        What belongs to a task, ``of`` it, or is one, must be in the scope that they have for just this.
        """
        access = self.access_to(permission, resource)
        task = resource if isinstance(resource, Task) else of
        return access is not None and (task is None or access.sees(task))

    def access_to(self, permission: str, resource: object = None) -> Access | None:
        """Who they are and what they may see where they do this, or ``None`` where they may not."""
        try:
            return self.deps.door.enter(permission, resource)
        except (RefusedError, HTTPException):
            # Also where the callback aborts: the page itself is theirs to see.
            return None
