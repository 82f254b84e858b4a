"""Pytest fixtures, there wherever the package is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from ..handlers import HandlerFactory
from .drain import drain
from .isolation import isolated_handlers


@pytest.fixture
def tasker_handlers() -> Iterator[HandlerFactory]:
    """A fresh default factory: handlers that the test defines are gone after it."""
    with isolated_handlers() as factory:
        yield factory


@pytest.fixture
def tasker_drain(app: Flask) -> Callable[..., int]:
    """``drain`` for the app of the test's own ``app`` fixture: ``tasker_drain(retries=True)``."""

    def drain_app(*, retries: bool = False) -> int:
        return drain(app, retries=retries)

    return drain_app
