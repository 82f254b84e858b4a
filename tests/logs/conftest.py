"""Labs, and the lines that the process writes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.reliability.conftest import make_lab, postgres_lab_url, postgres_tables, sqlite_lab_url

__all__ = ["make_lab", "postgres_lab_url", "postgres_tables", "sqlite_lab_url"]

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _root_logger_is_left_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.setLevel(level)
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """The JSON lines that were written to the standard error since it was asked the last time."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return read
