"""The page about signals has every signal, when it is sent, and what it carries."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from flask_tasker.signals import EVENTS, SIGNALS

PAGE = (Path(__file__).parents[2] / "docs" / "signals.md").read_text()


def test_the_table_of_signals_is_that_of_the_code() -> None:
    rows = [f"| `{name}` | {signal.__doc__} | `{EVENTS[name].__name__}` |" for name, signal in SIGNALS.items()]
    assert "\n".join(["| signal | when | carries |", "|---|---|---|", *rows]) + "\n\n" in PAGE


@pytest.mark.parametrize("event", dict.fromkeys(EVENTS.values()), ids=lambda event: event.__name__)
def test_the_fields_of_an_event_are_those_of_the_code(event: type) -> None:
    names = ", ".join(f"`{field.name}`" for field in fields(event))
    assert f"| `{event.__name__}` | {names} |\n" in PAGE
