"""Values as JSON that people read and edit."""

from __future__ import annotations

import json

from flask_tasker.web.dashboard.json_text import MOST_ON_LINES, as_json

TURNS = "pay \u202eevil\u202c \u2066now\u2069"


def test_what_turns_the_direction_of_writing_is_an_escape_that_means_the_same() -> None:
    text = as_json({"note": TURNS})
    assert "\\u202e" in text
    assert not {"\u202e", "\u202c", "\u2066", "\u2069"} & set(text)
    assert json.loads(text) == {"note": TURNS}


def test_letters_stay_as_they_are() -> None:
    assert as_json({"name": "Zoë"}) == '{\n  "name": "Zoë"\n}'


def test_what_would_be_long_on_many_lines_is_on_one() -> None:
    deep: object = ["x"] * 600
    for _ in range(90):
        deep = [deep]
    text = as_json([deep, TURNS])
    assert len(text) < MOST_ON_LINES
    assert "\n" not in text
    assert "\u202e" not in text
