"""Graphs of steps, for the tests of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from flask_tasker.lifecycle import StepStatus
from flask_tasker.web.graph import Graph, Node

STATES = st.sampled_from([str(status) for status in StepStatus])


@st.composite
def graphs(draw: st.DrawFn, *, most: int = 24) -> Graph:
    """A graph without cycles: a step's parents come before it. Few choices of parents make fans likely."""
    size = draw(st.integers(0, most))
    kinds = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    parents: dict[int | str, Sequence[int | str]] = {}
    for key, kind in enumerate(kinds):
        earlier = st.lists(st.integers(0, max(key - 1, 0)), max_size=3, unique=True)
        parents[key] = draw(earlier) if key and kind == 3 else list(range(min(kind, key)))
    return graph_of(parents, statuses=draw(st.lists(STATES, min_size=size, max_size=size)))


def graph_of(parents: Mapping[int | str, Sequence[int | str]], *, statuses: Sequence[str] = ()) -> Graph:
    """A graph by its parents; every step is pending unless ``statuses`` says otherwise."""
    said = [*statuses, *(["pending"] * (len(parents) - len(statuses)))]
    nodes = [Node(key=key, name=f"step_{key}", status=status) for key, status in zip(parents, said, strict=True)]
    return Graph(nodes=nodes, parents=parents)


def fan_of(width: int) -> Graph:
    """One step, so many that wait for it, and one that waits for them all."""
    middle: dict[int | str, list[int | str]] = {key: [0] for key in range(1, width + 1)}
    return graph_of({0: [], **middle, width + 1: list(range(1, width + 1))})
