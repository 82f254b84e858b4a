"""``GET /tasks/ID/workflow_steps`` and one step of it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.web.rows import COMPLETE, Rows, StepRow
from tests.web.statements import counted_statements

NOT_FOUND = {"status": 404, "error": "Not Found"}


@pytest.fixture
def engine(stored: sa.Engine) -> sa.Engine:
    """Both real databases."""
    return stored


def names(client: FlaskClient, task_id: int, query: str = "") -> list[str]:
    response = client.get(f"/tasker/tasks/{task_id}/workflow_steps{query}")
    assert response.status_code == 200
    return [step["name"] for step in response.get_json()["steps"]]


def test_the_steps_are_those_that_the_task_shows(client: FlaskClient, rows: Rows) -> None:
    task_id, _other = rows.task(), rows.task()
    steps = client.get(f"/tasker/tasks/{task_id}/workflow_steps").get_json()
    assert steps == {"steps": client.get(f"/tasker/tasks/{task_id}").get_json()["task"]["workflow_steps"]}


def test_one_step_is_the_one_that_the_task_shows(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    for step in client.get(f"/tasker/tasks/{task_id}").get_json()["task"]["workflow_steps"]:
        path = f"/tasker/tasks/{task_id}/workflow_steps/{step['workflow_step_id']}"
        assert client.get(path).get_json() == {"step": step}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["one", "two", "three"]),
        ("?limit=1&offset=1", ["two"]),
        ("?limit=0", []),
        ("?offset=9", []),
        ("?sort_order=desc", ["three", "two", "one"]),
        ("?sort_by=name", ["one", "three", "two"]),
        ("?sort_by=results", ["one", "two", "three"]),
        ("?sort_by=inputs", ["one", "two", "three"]),
        ("?sort_by=nothing", ["one", "two", "three"]),
        ("?sort_by=lease_token", ["one", "two", "three"]),
        ("?sort_by=skippable", ["one", "two", "three"]),
    ],
)
def test_a_query_names_its_part_of_the_steps(client: FlaskClient, rows: Rows, query: str, expected: list[str]) -> None:
    assert names(client, rows.task(), query) == expected


def test_a_page_of_steps_has_twenty_unless_told_otherwise(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task(steps=[StepRow(name=f"step-{number:02}") for number in range(25)])
    assert names(client, task_id) == [f"step-{number:02}" for number in range(20)]
    assert len(names(client, task_id, "?limit=100")) == 25


def test_a_step_of_a_page_names_parents_that_are_not_on_it(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    (step,) = client.get(f"/tasker/tasks/{task_id}/workflow_steps?offset=2").get_json()["steps"]
    ids = rows.step_ids(task_id)
    assert step["depends_on_step_ids"] == [ids["one"], ids["two"]]


def test_a_bad_limit_of_steps_is_refused_by_name(client: FlaskClient, rows: Rows) -> None:
    response = client.get(f"/tasker/tasks/{rows.task()}/workflow_steps?limit=-1")
    assert (response.status_code, list(response.get_json()["error"])) == (400, ["limit"])


def test_the_steps_of_a_missing_task_are_not_found(client: FlaskClient) -> None:
    response = client.get(f"/tasker/tasks/{10**9}/workflow_steps")
    assert (response.status_code, response.get_json()) == (404, NOT_FOUND)


def test_a_step_of_another_task_is_not_found(client: FlaskClient, rows: Rows) -> None:
    mine, other = rows.task(), rows.task()
    response = client.get(f"/tasker/tasks/{mine}/workflow_steps/{rows.step_ids(other)['one']}")
    assert (response.status_code, response.get_json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "FOO"])
def test_the_list_of_steps_takes_no_other_method(client: FlaskClient, rows: Rows, method: str) -> None:
    response = client.open(f"/tasker/tasks/{rows.task()}/workflow_steps", method=method, json={"step": {}})
    assert (response.status_code, response.get_json()) == (404, NOT_FOUND)


def test_a_wide_page_of_steps_takes_the_statements_of_a_page_of_one(
    client: FlaskClient, rows: Rows, engine: sa.Engine
) -> None:
    leaves: Any = [StepRow(name=f"leaf-{number}", parents=["root"]) for number in range(60)]
    task_id = rows.task(steps=[StepRow(name="root", columns=COMPLETE), *leaves])
    counts = {}
    for limit in (1, 60):
        with counted_statements(engine) as statements:
            assert len(names(client, task_id, f"?limit={limit}")) == limit
        counts[limit] = len(statements)
    assert counts == {1: 3, 60: 3}
