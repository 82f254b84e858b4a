"""What the engine refuses, as an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import (
    DuplicateTaskError,
    IdempotencyConflictError,
    InvalidRequestError,
    NotAllowedError,
    NotFoundError,
    PayloadError,
    UnknownHandlerError,
)
from .refusal import RefusedError


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the errors of the engine that a client can cause into answers.

    Raises:
        RefusedError: 400 naming the fields, 404, or 409.
    """
    try:
        yield
    except UnknownHandlerError as error:
        raise RefusedError.for_fields({"name": [str(error)]}) from None
    except InvalidRequestError as error:
        raise RefusedError.for_fields(error.faults) from None
    except PayloadError as error:
        field, _, message = str(error).partition(": ")
        raise RefusedError.for_fields({field: [message]}) from None
    except DuplicateTaskError:
        # Never which task it is: the client may not be allowed to see it.
        twin = {"identity_hash": ["is identical to a request made in the last minute"]}
        raise RefusedError.for_fields(twin, status=409) from None
    except IdempotencyConflictError as error:
        raise RefusedError(409, message=str(error)) from None
    except NotFoundError:
        raise RefusedError(404) from None
    except NotAllowedError as error:
        raise RefusedError(409, message=str(error), more={"allowed": error.allowed}) from None
