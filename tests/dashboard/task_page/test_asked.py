"""What an address says of the page of a task."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from flask_tasker.web.dashboard.task_page.asked import FURTHEST, MOST_UNFOLDED, ZOOMS, Asked

NAMES = st.sampled_from(["steps", "history", "zoom", "unfold", "timeline", "other"])
VALUES = st.sampled_from([*ZOOMS, "all", "table", "0", "-1", "2", "9" * 25, "\u0662", ""]) | st.text(max_size=8)


@given(
    asked=st.builds(
        Asked,
        steps=st.integers(1, FURTHEST),
        history=st.integers(1, FURTHEST),
        zoom=st.sampled_from(ZOOMS),
        unfolded=st.frozensets(st.integers(1, 2**63 - 1), max_size=MOST_UNFOLDED),
        table=st.booleans(),
    )
)
def test_an_address_says_again_what_was_asked(asked: Asked) -> None:
    said = [(name, str(one)) for name, value in asked.query.items() for one in _listed(value)]
    assert Asked.of(MultiDict(said)) == asked


@given(said=st.lists(st.tuples(NAMES, VALUES), max_size=12))
def test_any_address_asks_for_something(said: list[tuple[str, str]]) -> None:
    asked = Asked.of(MultiDict(said))

    assert asked.zoom in ZOOMS
    assert 1 <= asked.steps <= FURTHEST
    assert 1 <= asked.history <= FURTHEST
    assert all(key >= 1 for key in asked.unfolded)


def test_every_fan_may_be_opened_at_once() -> None:
    asked = Asked.of(MultiDict([("unfold", "all")]))

    assert asked.all_unfolded
    assert asked.query == {"unfold": ["all"]}


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]
