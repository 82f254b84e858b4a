"""What can be stored as JSON on both databases, and how it comes back."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.errors import PayloadError
from flask_tasker.handlers import storable

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(plain)
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert storable(value, "results") == value


@given(st.text())
def test_a_text_is_accepted_unless_it_holds_nul_or_half_a_pair(text: str) -> None:
    holds_half = any("\ud800" <= character <= "\udfff" for character in text)
    if "\x00" in text or holds_half:
        with pytest.raises(PayloadError):
            storable({"text": text}, "results")
    else:
        assert storable({"text": text}, "results") == {"text": text}


def test_tuples_come_back_as_lists() -> None:
    assert storable({"a": (1, (2,))}, "results") == {"a": [1, [2]]}


def test_keys_come_back_as_text() -> None:
    assert storable({7: "a", True: "b", None: "c"}, "results") == {"7": "a", "true": "b", "null": "c"}
    assert storable({2.5: "d"}, "results") == {"2.5": "d"}


def test_what_comes_back_shares_nothing_with_what_was_given() -> None:
    given_list: list[int] = []
    back = storable({"a": given_list}, "results")
    given_list.append(1)
    assert back == {"a": []}


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        b"bytes",
        Decimal("1.1"),
        object(),
        math.nan,
        math.inf,
        [-math.inf],
        {("a", "b"): 1},
        {"deep": [{"down": {1}}]},
        lambda: None,
    ],
)
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(PayloadError, match=r"results: expected JSON \(objects, lists, text, finite numbers\), got "):
        storable(value, "results")


def test_a_cycle_is_refused() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(PayloadError, match=r"results: expected JSON .* got Circular reference"):
        storable(cycle, "results")


@pytest.mark.parametrize("value", ["\x00", "a\x00b", {"a\x00": 1}, [["\\\x00"]], "\\\\\x00"])
def test_nul_is_refused(value: Any) -> None:
    with pytest.raises(PayloadError, match="results: text holds NUL, which PostgreSQL cannot store"):
        storable(value, "results")


@pytest.mark.parametrize("value", ["\\u0000", "\\\\u0000", {"\\u0000": ["\\\\\\u0000"]}, "\\", "u0000"])
def test_the_text_that_spells_nul_is_a_text_like_any_other(value: Any) -> None:
    assert storable(value, "results") == value


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb", {"\ud83d": 1}])
def test_half_a_surrogate_pair_is_refused(value: Any) -> None:
    with pytest.raises(PayloadError, match="results: text holds half a surrogate pair"):
        storable(value, "results")


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert storable(json.loads('"\\ud83d\\ude80"'), "results") == "\U0001f680"


def nested(depth: int, *, beside: int = 0) -> Any:
    value: Any = "core"
    for level in range(depth):
        value = [value, *[[]] * beside] if level % 2 else {"in": value}
    return value


@pytest.mark.parametrize("beside", [0, 3])
def test_two_hundred_levels_are_stored(beside: int) -> None:
    value = nested(200, beside=beside)
    assert storable(value, "results") == value


@pytest.mark.parametrize("depth", [201, 900, 100_000])
def test_deeper_nesting_is_refused(depth: int) -> None:
    with pytest.raises(PayloadError, match="results: objects and lists are nested more than 200 deep"):
        storable(nested(depth), "results")


def test_a_wide_value_is_not_a_deep_one() -> None:
    wide: list[dict[str, list[int]]] = [{"a": []} for _ in range(1_000)]
    assert storable(wide, "results") == wide


def test_the_message_says_what_was_to_be_stored() -> None:
    with pytest.raises(PayloadError, match=r"^results of step 'one': "):
        storable({1}, "results of step 'one'")
