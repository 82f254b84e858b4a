"""What the API says while the database is away, locked or too slow."""

from __future__ import annotations

import logging
import math
from typing import Any

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from ...errors import UnavailableError
from ...store.deadline import within
from ...store.unavailable import is_unavailable
from ..refusal import RefusedError
from .answer import View

logger = logging.getLogger(__name__)


def bounded(view: View, *, seconds: float) -> View:
    """``view``, which waits for the database so long in all, and is a 503 where that does not answer."""

    def bounded_view(**values: Any) -> Response:
        with within(seconds):
            try:
                return view(**values)
            except (UnavailableError, SQLAlchemyError) as error:
                if not is_unavailable(error):
                    raise
                logger.warning("a request is refused, since the database is not available: %s", described(error))
                raise RefusedError(503, headers={"Retry-After": str(math.ceil(seconds))}) from None

    return bounded_view


def described(error: Exception) -> str:
    """The first line of what went wrong, without the statement and what it was given."""
    original = getattr(error, "orig", None) or error
    line = next(iter(str(original).splitlines()), "")
    return f"{type(original).__name__}: {line!r}"
