"""Every error that flask_tasker raises, and the two that steps raise to steer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta


class TaskerError(Exception):
    """Base of every error that flask_tasker raises."""


class ConfigurationError(TaskerError):
    """A setting is missing or makes no sense; the message names it and the fix."""


class HandlerDefinitionError(TaskerError):
    """A task handler does not define a valid graph of steps."""


class UnknownHandlerError(TaskerError):
    """No handler is registered under the name asked for."""


class UnknownStepError(TaskerError):
    """A step was asked for that its task or handler does not have."""


class UndeclaredDependencyError(TaskerError):
    """A step read the result of a step that is not among its ancestors."""


class InvalidRequestError(TaskerError):
    """A task request was refused before anything was written.

    ``faults`` maps each refused field to its messages, one a fault.
    """

    def __init__(self, faults: Mapping[str, Sequence[str]]) -> None:
        self.faults = {field: list(messages) for field, messages in faults.items()}
        super().__init__("; ".join(f"{field}: {text}" for field, texts in self.faults.items() for text in texts))


class DuplicateTaskError(TaskerError):
    """An identical request was made within the same calendar minute."""


class IdempotencyConflictError(TaskerError):
    """An idempotency key was used for another request before, and still stands for that one."""


class NotFoundError(TaskerError):
    """There is no such task or step."""


class NotAllowedError(TaskerError):
    """What was asked for is not allowed in the state that the task or step is in; ``allowed`` says what is."""

    def __init__(self, what: str, verb: str, state: str, allowed: Sequence[str]) -> None:
        self.allowed = [str(one) for one in allowed]
        choice = ", ".join(self.allowed) or "nothing"
        super().__init__(f"cannot {verb} {what}, which is {state}; allowed there: {choice}")


class UnavailableError(TaskerError):
    """The database did not answer within the time that an HTTP request may wait for it."""


class StepTimeoutError(BaseException):
    """Raised in a handler whose attempt has taken longer than its step's ``timeout``; the attempt counts as failed.

    It derives from ``BaseException``, so that an ``except Exception`` of the handler's does not swallow it.
    """


class PayloadError(TaskerError):
    """A value that was to be stored is not JSON, or not JSON that both databases can hold."""


class RetryableError(Exception):
    """Raised by a step: it failed this time, and another attempt may succeed.

    ``retry_after`` is how long to wait: seconds, a ``timedelta``, the moment itself, or the text of an HTTP
    ``Retry-After`` header; without it, or where it is garbage, the step's backoff decides. Unlike any other exception
    it is retried whatever ``Retry(on=...)`` says.
    """

    def __init__(self, message: str = "", *, retry_after: float | timedelta | datetime | str | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(Exception):
    """Raised by a step: it failed, and no further attempt can succeed."""
