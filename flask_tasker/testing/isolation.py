"""Handlers of one test that no other sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..handlers import HandlerFactory, replace_default_factory


@contextmanager
def isolated_handlers() -> Iterator[HandlerFactory]:
    """A fresh default factory for as long as the ``with`` lasts: handlers defined in it register there.

    An app set up within takes its handlers from it.
    """
    factory = HandlerFactory()
    previous = replace_default_factory(factory)
    try:
        yield factory
    finally:
        replace_default_factory(previous)
