"""JSON as a tree: its beginning, and how much is left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.web.dashboard.drawing import Branch, JsonLimits, Leaf, clipped, json_tree
from flask_tasker.web.dashboard.drawing.json_tree import JsonNode

SMALL = JsonLimits(depth=3, items=4, nodes=12, text=5, characters=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside, max_size=8) | st.dictionaries(st.text(), inside, max_size=8),
)


def test_a_value_is_shown_with_the_kinds_and_keys_of_its_parts() -> None:
    tree = json_tree({"order": {"id": 7, "paid": True}, "lines": ["tea", None]})

    assert tree == Branch(
        key=None,
        kind="object",
        size=2,
        items=(
            Branch(
                key="order",
                kind="object",
                size=2,
                items=(Leaf(key="id", kind="number", text="7"), Leaf(key="paid", kind="boolean", text="true")),
            ),
            Branch(
                key="lines",
                kind="array",
                size=2,
                items=(Leaf(key=None, kind="string", text='"tea"'), Leaf(key=None, kind="null", text="null")),
            ),
        ),
    )


def test_a_long_list_says_how_much_of_it_is_left() -> None:
    tree = json_tree(list(range(10_000)), SMALL)

    assert isinstance(tree, Branch)
    assert (tree.size, len(tree.items), tree.left) == (10_000, 4, 9_996)


def test_a_long_text_says_how_much_of_it_is_left() -> None:
    assert json_tree("x" * 1_000_000, SMALL) == Leaf(key=None, kind="string", text='"xxxxx"', left=999_995)


def test_what_lies_too_deep_is_counted_and_not_opened() -> None:
    deep: Any = "bottom"
    for _ in range(100_000):
        deep = [deep]

    tree = json_tree(deep, SMALL)

    for _ in range(SMALL.depth):
        assert isinstance(tree, Branch)
        tree = tree.items[0]
    assert isinstance(tree, Branch)
    assert (tree.size, tree.left) == (1, 1)


@given(value=JSON)
def test_no_more_is_shown_than_the_limits_say(value: Any) -> None:
    shown = list(nodes_of(json_tree(value, SMALL)))

    assert len(shown) <= SMALL.nodes
    assert all(len(node.items) <= SMALL.items for node in shown if isinstance(node, Branch))
    texts = sum(len(node.text) for node in shown if isinstance(node, Leaf) and node.kind != "string")
    assert texts <= SMALL.characters


@given(value=JSON)
def test_within_the_limits_nothing_is_left(value: Any) -> None:
    wide = JsonLimits(depth=99, items=99, nodes=99_999, text=99_999, characters=999_999)
    assert not any(node.left for node in nodes_of(json_tree(value, wide)))


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [("two\n lines ", 20, "two lines"), ("abcdef", 4, "abc…"), ("x" * 100, 4, "xxx…"), ("", 4, "")],
)
def test_text_is_clipped_to_one_line(text: str, most: int, shown: str) -> None:
    assert clipped(text, most) == shown


def nodes_of(tree: JsonNode) -> list[JsonNode]:
    inside = tree.items if isinstance(tree, Branch) else ()
    return [tree, *(node for item in inside for node in nodes_of(item))]
