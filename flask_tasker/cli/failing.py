"""Commands fail in one line that says what is wrong, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..errors import TaskerError
from .text import plain


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say in one line what is wrong, without a traceback."""
    try:
        yield
    except (TaskerError, CommandError) as error:
        raise click.ClickException(plain(error)) from error
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause).strip().partition("\n")[0]
        raise click.ClickException(
            f"the database refused, or did not answer: {plain(said)}. Is it there, and has it the tables "
            "(`flask tasker db install` and `flask db upgrade`; without Flask-Migrate, `flask tasker db upgrade`)?"
        ) from error
