"""A root logger that a test may change."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger; what a test puts there goes with it."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield logger
    logger.setLevel(level)
    for handler in [one for one in logger.handlers if one not in handlers]:
        logger.removeHandler(handler)
