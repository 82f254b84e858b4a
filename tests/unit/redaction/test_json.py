"""Secrets in JSON: by the key that they stand under, and by patterns."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.redaction import NOTHING, REDACTED, Redactor
from flask_tasker.redaction.spans import OVERLAP, WINDOW

KEYS = Redactor(("password", "*token", "card*number", "api_key"))
DIGITS = Redactor((r"/\b\d{13,19}\b/",))

texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | st.just("password"), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "key",
    [
        *("password", "Password", "PASSWORD", "pass_word", "token", "csrf_token", "csrfToken", "CSRF-Token"),
        *("card_number", "cardHolderNumber", "apiKey", "api key", "API-KEY", "k" * 300),
    ],
)
def test_what_stands_under_a_key_is_blanked_whole(key: str) -> None:
    assert KEYS.redacted({key: {"inner": [1, 2]}}) == {key: REDACTED}


@pytest.mark.parametrize("key", ["passwords", "tokens", "my_api_key", "number", ""])
def test_other_keys_keep_what_they_have(key: str) -> None:
    value = {key: 1}
    assert KEYS.redacted(value) is value


def test_keys_are_found_at_any_depth_and_in_lists() -> None:
    value = {"orders": [{"password": 1, "id": 2}, [{"deep": {"token": None}}]]}
    assert KEYS.redacted(value) == {"orders": [{"password": REDACTED, "id": 2}, [{"deep": {"token": REDACTED}}]]}


def test_patterns_are_found_in_texts_and_in_keys() -> None:
    value = {"note": "card 4111111111111111, thanks", "4111111111111111": "x", "5500000000000004": "y", "n": 1}
    assert DIGITS.redacted(value) == {
        "note": f"card {REDACTED}, thanks",
        REDACTED: "x",
        f"{REDACTED} 2": "y",
        "n": 1,
    }


def test_a_pattern_finds_what_lies_across_two_windows_of_a_long_text() -> None:
    for start in range(WINDOW - 20, WINDOW + 2):
        text = f"{' ' * start}4111111111111111{' ' * 2 * WINDOW}"
        assert DIGITS.redacted(text) == text.replace("4111111111111111", REDACTED)


def test_a_pattern_blanks_what_is_longer_than_a_window() -> None:
    assert Redactor(("/x+/",)).redacted(f"a{'x' * (3 * WINDOW + OVERLAP)}b") == f"a{REDACTED}b"


@given(json_values)
def test_no_rules_cost_no_copy(value: Any) -> None:
    assert NOTHING.redacted(value) is value


@given(json_values)
def test_what_has_no_secret_is_given_back_itself(value: Any) -> None:
    redactor = Redactor(("never-a-key-of-these", "/never a text of these/"))
    assert redactor.redacted(value) is value


@given(json_values)
def test_nothing_that_is_given_is_changed(value: Any) -> None:
    before = copy.deepcopy(value)
    Redactor(("password", r"/\w\d/")).redacted(value)
    assert value == before


@given(json_values)
def test_once_blanked_there_is_nothing_left_to_blank(value: Any) -> None:
    once = KEYS.redacted(value)
    assert KEYS.redacted(once) == once


@given(json_values)
def test_no_value_under_a_key_is_left(value: Any) -> None:
    shown = json.dumps(KEYS.redacted({"all": value, "password": "hunter2"}))
    assert "hunter2" not in shown
    assert {found for key, found in pairs(json.loads(shown)) if key == "password"} == {REDACTED}


def pairs(value: Any) -> list[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in [(key, inner), *pairs(inner)]]
    return [pair for inner in value for pair in pairs(inner)] if isinstance(value, list) else []
