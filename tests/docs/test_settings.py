"""The page of settings has every one, with its default."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask_tasker.config import PREFIX, Settings
from tests.docs.pages import DOCS, rows

PAGE = (DOCS / "reference" / "settings.md").read_text()
SETTINGS = {PREFIX + field.name.upper(): getattr(Settings(), field.name) for field in fields(Settings)}
OWN = [row for row in rows(PAGE, head="key") if row[0].startswith(PREFIX)]


def test_every_setting_is_on_the_page_once() -> None:
    assert sorted(row[0] for row in OWN) == sorted(SETTINGS)


def test_every_default_is_the_one_that_counts() -> None:
    assert {row[0]: row[1] for row in OWN} == {name: shown(value) for name, value in SETTINGS.items()}


def test_every_setting_has_a_unit_and_says_what_it_is_for() -> None:
    assert [row[0] for row in OWN if len(row) != 4 or not all(row)] == []


def test_a_time_is_in_the_unit_of_its_name() -> None:
    timed = {row[0]: row[2] for row in OWN if row[0].endswith(("_SECONDS", "_HOURS", "_BYTES"))}
    assert timed == {name: name.rpartition("_")[2].lower() for name in timed}


def shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.10g}"
    return "[]" if value == () else str(value)
