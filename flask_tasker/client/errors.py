"""What a call of the client raises where the server did not do it. Errors of the connection stay httpx's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import TaskerError

if TYPE_CHECKING:
    from .task import Task


class TaskerClientError(TaskerError):
    """The server refused a call, or answered what this client does not understand.

    Attributes:
        status: the HTTP status of the answer.
        body: what the answer holds: JSON where it is JSON, else its text.
        faults: the messages of each refused field, where the answer names fields.
    """

    def __init__(self, message: str, *, status: int, body: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self.faults = faults_in(body)


class BadRequestError(TaskerClientError):
    """400: a field is missing, unknown or wrong; ``faults`` has the messages of each. Nothing was written."""


class UnauthorizedError(TaskerClientError):
    """401: the server does not know who asks."""


class ForbiddenError(TaskerClientError):
    """403: who asks may not do this."""


class NotFoundError(TaskerClientError):
    """404: there is no such task, step or handler, or none that who asks may see."""


class ConflictError(TaskerClientError):
    """409: a twin of this request exists, or the state does not allow the verb; the message says which."""


class UnavailableError(TaskerClientError):
    """503: not now; ``retry_after`` is how many seconds to wait, where the server says so."""

    def __init__(self, message: str, *, status: int, body: Any = None, retry_after: float | None = None) -> None:
        super().__init__(message, status=status, body=body)
        self.retry_after = retry_after


class TaskTimeoutError(TaskerError, TimeoutError):
    """A task was not final in time; ``task`` is how it stood when it was looked at last."""

    def __init__(self, task: Task, timeout: float) -> None:
        super().__init__(
            f"task {task.task_id} ({task.name}) is {task.status} after {timeout:g} s, and not final; "
            "wait longer, or look at its steps"
        )
        self.task = task


def faults_in(body: Any) -> Mapping[str, list[str]]:
    """The messages of each field that an answer's ``error`` names; empty where it names none."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return {}
    return {
        str(field): [str(one) for one in messages] if isinstance(messages, list) else [str(messages)]
        for field, messages in error.items()
    }
