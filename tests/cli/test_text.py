"""What a database holds reaches a terminal as text, and as nothing that it would obey."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flask_tasker.cli.text import moment, plain, shortened
from flask_tasker.cli.view import Table


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("order 7", "order 7"),
        ("Größe, 尺寸, 😀", "Größe, 尺寸, 😀"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("one\r\ntwo\ttabs", r"one\r\ntwo\ttabs"),
        ("\u202egnp.exe\u202c", r"\u202egnp.exe\u202c"),
        ("\u2066a\u2069\u200f\u061c", r"\u2066a\u2069\u200f\u061c"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("a\u2028b", r"a\u2028b"),
        ("half \ud83d", r"half \ud83d"),
        ("\x00\x7f", r"\x00\x7f"),
        (None, "None"),
    ],
)
def test_what_cannot_be_printed_is_an_escape(given: object, shown: str) -> None:
    assert plain(given) == shown


def test_a_long_text_is_cut() -> None:
    assert shortened("x" * 200) == "x" * 200
    assert shortened("x" * 201) == "x" * 199 + "…"


def test_a_moment_is_in_utc_to_the_second() -> None:
    assert moment(datetime(2026, 1, 31, 12, 0, 1, 999_000, tzinfo=UTC)) == "2026-01-31T12:00:01Z"
    assert moment(None) == "-"


def test_columns_stand_below_each_other_and_no_cell_is_empty() -> None:
    table = Table.of(["A", "LONGER"], [["one", 1], ["", None], ["and more", "x\ny"]])

    assert table.lines() == ["A         LONGER", "one       1", "-         -", "and more  x\\ny"]
