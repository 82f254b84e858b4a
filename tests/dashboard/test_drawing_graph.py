"""The graph of a task: folded, in columns, with room between the boxes and arrows that run to the right."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given

from flask_tasker.web.dashboard.drawing import Box, folded, layout, picture
from flask_tasker.web.dashboard.drawing.layers import BENDS_PER_STEP, layered
from flask_tasker.web.dashboard.drawing.ordering import MOST_JOINS, ordered
from flask_tasker.web.dashboard.drawing.placing import apart
from flask_tasker.web.graph import Graph, Node
from tests.dashboard.strategies import fan_of, graph_of, graphs


@given(graph=graphs())
def test_every_step_has_one_box_in_the_picture(graph: Graph) -> None:
    assert [box.key for box in layout(graph).boxes] == [node.key for node in graph.nodes]


@given(graph=graphs())
def test_no_two_boxes_overlap_and_none_leaves_the_picture(graph: Graph) -> None:
    drawn = layout(graph, heights={node.key: 90 for node in graph.nodes if node.status == "error"})

    assert not [pair for pair in combinations(drawn.boxes, 2) if overlap(*pair)]
    assert all(box.x >= 0 and box.x + box.width <= drawn.width for box in drawn.boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawn.height for box in drawn.boxes)


@given(graph=graphs())
def test_every_arrow_runs_from_the_right_of_its_parent_to_the_left_of_its_child(graph: Graph) -> None:
    drawn = layout(graph)
    boxes = {box.key: box for box in drawn.boxes}

    assert [(arrow.parent, arrow.child) for arrow in drawn.arrows] == list(graph.edges)
    for arrow in drawn.arrows:
        parent, child = boxes[arrow.parent], boxes[arrow.child]
        across = crossed(arrow.path)
        assert (across[0], across[-1]) == (parent.x + parent.width, child.x)
        assert across == sorted(across)


@given(graph=graphs())
def test_the_same_graph_is_always_drawn_the_same(graph: Graph) -> None:
    again = Graph(nodes=list(graph.nodes), parents=dict(graph.parents))
    assert layout(graph) == layout(again)


@given(graph=graphs())
def test_folding_keeps_every_step_and_every_edge(graph: Graph) -> None:
    small = folded(graph)
    stands_for = {step.key: fan.key for fan in small.fans.values() for step in fan.steps}

    shown = {node.key for node in small.graph.nodes}
    assert {stands_for.get(node.key, node.key) for node in graph.nodes} == shown
    edges = {(stands_for.get(parent, parent), stands_for.get(child, child)) for parent, child in graph.edges}
    assert set(small.graph.edges) == edges


def test_steps_between_the_same_steps_are_drawn_as_one_box_that_counts_their_states() -> None:
    graph = fan_of(100)
    nodes = [
        Node(key=node.key, name=f"ship_{node.key}", status="error" if node.key in (7, 9) else "complete")
        for node in graph.nodes
    ]

    drawn = picture(Graph(nodes=nodes, parents=graph.parents))

    assert drawn is not None
    fan = next(node for node in drawn.nodes if node.is_fan)
    assert len(drawn.nodes) == 3
    assert fan.title == "ship \u00d7 100: 98 complete, 2 error"
    assert fan.counts == [("complete", 98), ("error", 2)]
    assert fan.status == "error"


def test_a_fan_that_was_opened_is_drawn_step_by_step() -> None:
    drawn = picture(fan_of(100), unfolded={1})

    assert drawn is not None
    assert len(drawn.nodes) == 102
    assert not [node for node in drawn.nodes if node.is_fan]


def test_a_handful_of_equal_steps_is_not_folded() -> None:
    assert folded(fan_of(5)).fans == {}


def test_steps_without_a_common_name_are_counted() -> None:
    nodes = [Node(key=letter, name=letter, status="pending") for letter in "abcdef"]

    drawn = picture(Graph(nodes=nodes, parents={letter: [] for letter in "abcdef"}))

    assert drawn is not None
    assert [node.name for node in drawn.nodes] == ["6 steps"]


def test_a_long_name_is_cut_in_its_box_and_whole_in_its_title() -> None:
    drawn = picture(Graph(nodes=[Node(key=1, name="n" * 128, status="in_progress")], parents={1: []}))

    assert drawn is not None
    assert drawn.nodes[0].name == "n" * 21 + "…"
    assert drawn.nodes[0].title == "n" * 128 + ": in progress"


def test_a_graph_of_too_many_steps_is_not_drawn() -> None:
    chain = graph_of({key: [key - 1] if key else [] for key in range(12)})
    assert picture(chain, most=11) is None


def test_arrows_that_can_run_without_crossing_do() -> None:
    """Two pairs, declared crosswise."""
    graph = graph_of({"a": [], "b": [], "y": ["b"], "x": ["a"]})
    places = layered(graph)

    assert [list(column) for column in places.columns] == [[0, 1], [2, 3]]
    assert ordered(places) == [[0, 1], [3, 2]]


def test_a_chain_is_drawn_on_one_level_though_an_arrow_passes_by() -> None:
    drawn = layout(graph_of({"a": [], "b": ["a"], "c": ["b"], "d": ["c", "a"]}))
    middle = [box.y + box.height // 2 for box in drawn.boxes]

    assert max(middle) - min(middle) < drawn.boxes[0].height
    passing = next(arrow.path for arrow in drawn.arrows if (arrow.parent, arrow.child) == ("a", "d"))
    assert passing.count("H") == 2  # past b, and past c


def test_a_thicket_is_drawn_without_bends_and_with_a_single_sweep() -> None:
    """Each of 150 steps waits for all before it."""
    graph = graph_of({key: list(range(key)) for key in range(150)})

    assert len(graph.edges) > MOST_JOINS
    assert sum(len(route) - 2 for route in layered(graph).routes.values()) <= BENDS_PER_STEP * 150
    assert len(layout(graph).arrows) == len(graph.edges)


@pytest.mark.parametrize("wanted", [[0.0, 0.0, 0.0], [9.0, 5.0, 1.0], [0.0, 50.0, 50.0]])
def test_places_are_moved_apart_and_no_further_than_they_must(wanted: list[float]) -> None:
    found = apart(wanted, [0.0, 10.0, 20.0])

    assert all(lower - upper >= 10.0 for upper, lower in pairwise(found))
    assert sum(found) == pytest.approx(sum(wanted))


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (beside or above)


def crossed(path: str) -> list[int]:
    """The places across which a path comes to, in its order."""
    found: list[int] = []
    for command, numbers in re.findall("([MCH])([^MCH]*)", path):
        found += [int(number) for number in numbers.split()][:: 1 if command == "H" else 2]
    return found
