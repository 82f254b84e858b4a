"""Graphs, histories and handlers over HTTP."""

from __future__ import annotations

from tests.http.conftest import Desk


def test_a_graph_has_nodes_edges_and_levels(desk: Desk) -> None:
    task_id = desk.start()
    ids = {step["name"]: step["workflow_step_id"] for step in desk.task(task_id)["workflow_steps"]}

    graph = desk("GET", f"/tasks/{task_id}/graph")[1]["graph"]

    assert [(node["workflow_step_id"], node["name"], node["status"], node["level"]) for node in graph["nodes"]] == [
        (ids["one"], "one", "pending", 0),
        (ids["two"], "two", "pending", 1),
        (ids["three"], "three", "pending", 1),
        (ids["four"], "four", "pending", 2),
    ]
    pairs = {("one", "two"), ("one", "three"), ("two", "four"), ("three", "four")}
    assert {(edge["parent"], edge["child"]) for edge in graph["edges"]} == {(ids[a], ids[b]) for a, b in pairs}
    assert graph["levels"] == [[ids["one"]], [ids["two"], ids["three"]], [ids["four"]]]


def test_a_graph_is_drawn_by_mermaid(desk: Desk) -> None:
    response = desk.client.get(f"/tasker/tasks/{desk.start()}/graph?format=mermaid")

    assert response.mimetype == "text/plain"
    assert response.text.splitlines()[:2] == ["flowchart TD", '    s1["one#58; pending"]']
    assert "    s1 --> s2" in response.text


def test_a_history_is_in_the_order_of_time_and_has_pages(desk: Desk) -> None:
    task_id = desk.start()
    desk.drain()

    whole = desk("GET", f"/tasks/{task_id}/transitions?limit=100")[1]["transitions"]
    newest = desk("GET", f"/tasks/{task_id}/transitions?limit=3&sort_order=desc")[1]["transitions"]
    page = desk("GET", f"/tasks/{task_id}/transitions?limit=2&offset=1")[1]["transitions"]

    assert [line["created_at"] for line in whole] == sorted(line["created_at"] for line in whole)
    assert len(whole) == 2 + 2 * 4
    assert {line["to_status"] for line in whole} == {"in_progress", "complete"}
    assert newest == whole[::-1][:3]
    assert page == whole[1:3]


def test_handlers_are_listed_and_the_latest_version_is_the_numerically_highest(desk: Desk) -> None:
    names = [handler["full_name"] for handler in desk("GET", "/handlers")[1]["handlers"]]
    of_shop = [handler["full_name"] for handler in desk("GET", "/handlers/shop")[1]["handlers"]]

    assert sorted(names) == ["default/refused@0.1.0", "shop/copy@1.10", "shop/copy@1.9"]
    assert sorted(of_shop) == ["shop/copy@1.10", "shop/copy@1.9"]
    assert desk("GET", "/handlers/shop/copy")[1]["handler"]["version"] == "1.10"
    assert desk("GET", "/handlers/shop/copy?version=1.9")[1]["handler"]["version"] == "1.9"


def test_a_handler_is_shown_with_its_steps_edges_and_schema(desk: Desk) -> None:
    handler = desk("GET", "/handlers/shop/copy")[1]["handler"]

    assert (handler["description"], handler["schema"]) == ("Copy an order.", None)
    assert [step["name"] for step in handler["steps"]] == ["one", "two", "three", "four"]
    assert handler["steps"][1] == {
        "name": "two",
        "dependent_system": "shop",
        "description": "",
        "depends_on_steps": ["one"],
        "retryable": True,
        "retry_limit": 3,
        "skippable": True,
        "transactional": False,
        "timeout_seconds": None,
    }
    assert handler["levels"] == [["one"], ["two", "three"], ["four"]]


def test_a_handler_that_is_not_there_is_not_found(desk: Desk) -> None:
    paths = ["/handlers/shop/nothing", "/handlers/nothing/copy", "/handlers/shop/copy?version=7"]

    assert [desk("GET", path)[0] for path in paths] == [404] * 3
    assert desk("GET", "/handlers/nothing") == (200, {"handlers": []})


def test_a_task_of_a_version_is_started(desk: Desk) -> None:
    task_id = desk.start(version="1.9")

    assert desk.task(task_id)["full_name"] == "shop/copy@1.9"
