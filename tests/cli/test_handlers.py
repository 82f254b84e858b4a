"""``flask tasker handlers | graph``, and which handler a name means."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from flask_tasker.cli.svg import svg
from flask_tasker.web.graph import Graph, Node
from tests.cli.desk import Desk

SVG = "{http://www.w3.org/2000/svg}"


def test_the_handlers_are_listed_with_the_first_line_of_what_they_say(desk: Desk) -> None:
    lines = desk.said("handlers").splitlines()

    assert [line.split() for line in lines] == [
        ["HANDLER", "STEPS", "DESCRIPTION"],
        ["default/fails@0.1.0", "2", "-"],
        ["default/sleeps@0.1.0", "1", "-"],
        ["depot/copy@1.0", "1", "-"],
        ["shop/copy@1.10", "2", "Copy", "an", "order."],
        ["shop/copy@1.9", "1", "-"],
    ]


def test_those_of_one_namespace_are_listed_alone(desk: Desk) -> None:
    assert [line.split()[0] for line in desk.said("handlers", "--namespace", "depot").splitlines()] == [
        "HANDLER",
        "depot/copy@1.0",
    ]


def test_the_graph_is_a_mermaid_flowchart(desk: Desk) -> None:
    assert desk.said("graph", "shop/copy") == 'flowchart TD\n    s1["one"]\n    s2["two"]\n    s1 --> s2\n'


def test_the_graph_is_a_picture_with_its_steps_from_left_to_right(desk: Desk) -> None:
    drawn = ElementTree.fromstring(desk.said("graph", "shop/copy", "--format", "svg"))

    assert drawn.findtext(f"{SVG}title") == "shop/copy@1.10"
    assert [text.text for text in drawn.iter(f"{SVG}text")] == ["one", "two"]
    left = [int(re.findall(r"[0-9]+", box.attrib["transform"])[0]) for box in drawn.findall(f"{SVG}g")]
    assert left[0] < left[1] < int(drawn.attrib["width"])
    assert len(drawn.findall(f"{SVG}path")) == 1


def test_a_picture_is_whole_whatever_the_names_are_made_of() -> None:
    name = 'a<b>&"c" und ein sehr langer Name 尺'
    drawn = ElementTree.fromstring(svg(Graph(nodes=[Node(key=name, name=name)], parents={name: ()}), title="<&>"))

    assert drawn.findtext(f"{SVG}title") == "<&>"
    assert drawn.findtext(f"{SVG}g/{SVG}title") == name
    assert drawn.findtext(f"{SVG}g/{SVG}text") == 'a<b>&"c" und ein sehr…'


def test_the_graph_is_json_with_names_for_keys(desk: Desk) -> None:
    task_id = desk.start()
    of_task = desk.get(f"/tasks/{task_id}/graph")["graph"]
    name_of = {node["workflow_step_id"]: node["name"] for node in of_task["nodes"]}

    said = desk.said("graph", "shop/copy", "--format", "json")

    assert said == (
        '{"graph": {"nodes": [{"name": "one", "level": 0}, {"name": "two", "level": 1}], '
        '"edges": [{"parent": "one", "child": "two"}], "levels": [["one"], ["two"]]}}\n'
    )
    assert [[name_of[key] for key in level] for level in of_task["levels"]] == [["one"], ["two"]]


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("fails", 2),
        ("fails@0.1.0", 2),
        ("default/fails", 2),
        ("shop/copy", 2),
        ("shop/copy@1.10", 2),
        ("shop/copy@1.9", 1),
        ("copy@1.9", 1),
        ("depot/copy", 1),
    ],
)
def test_a_handler_is_named_with_as_much_as_is_needed(desk: Desk, name: str, steps: int) -> None:
    assert desk.said("graph", name).count('["') == steps


def test_a_name_that_several_have_is_refused_with_all_of_them(desk: Desk) -> None:
    assert "'copy' is the name of several: depot/copy@1.0, shop/copy@1.10, shop/copy@1.9; say which" in desk.refused(
        "graph", "copy", code=2
    )


def test_a_name_that_none_has_is_refused_with_the_nearest(desk: Desk) -> None:
    assert "no handler 'shop/coppy'; did you mean 'shop/copy'?" in desk.refused("graph", "shop/coppy", code=2)


def test_where_none_is_near_those_that_are_known_are_named(desk: Desk) -> None:
    complaint = desk.refused("run", "???", code=2)

    assert (
        "known here: default/fails@0.1.0, default/sleeps@0.1.0, depot/copy@1.0, shop/copy@1.10, shop/copy@1.9."
        in complaint
    )
    assert "TASKER_HANDLERS" in complaint


def test_a_format_that_is_none_is_refused(desk: Desk) -> None:
    assert "--format" in desk.refused("graph", "fails", "--format", "png", code=2)
