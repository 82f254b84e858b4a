"""``GET /tasks``: pages, their order, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from flask_tasker.config import Settings
from flask_tasker.models import Task
from flask_tasker.store.reading import sorting_column
from flask_tasker.store.tables import table_of
from flask_tasker.web.api.schemas import TASK
from tests.web.conftest import Host
from tests.web.rows import COMPLETE, NOW, Rows, StepRow
from tests.web.statements import counted_statements

ONE_STEP = [StepRow(name="one")]


@pytest.fixture
def engine(stored: sa.Engine) -> sa.Engine:
    """Both real databases."""
    return stored


def listed(client: FlaskClient, query: str = "") -> list[int]:
    response = client.get(f"/tasker/tasks{query}")
    assert response.status_code == 200
    return [task["task_id"] for task in response.get_json()["tasks"]]


def test_an_empty_database_lists_nothing(client: FlaskClient) -> None:
    assert client.get("/tasker/tasks").get_json() == {"tasks": []}


def test_a_listed_task_is_the_task_that_is_shown(client: FlaskClient, rows: Rows) -> None:
    task_id, _other = rows.task(), rows.task(name="other", steps=ONE_STEP)
    rows.annotation(task_id, "two", kind="note", data={"a": 1})
    tasks = client.get("/tasker/tasks").get_json()["tasks"]
    assert tasks == [client.get(f"/tasker/tasks/{task['task_id']}").get_json()["task"] for task in tasks]
    assert [len(task["workflow_steps"]) for task in tasks] == [3, 1]


def test_a_page_has_twenty_tasks_by_id_unless_told_otherwise(client: FlaskClient, rows: Rows) -> None:
    ids = [rows.task(steps=ONE_STEP) for _ in range(22)]
    assert listed(client) == ids[:20]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=2", [0, 1]),
        ("?limit=2&offset=3", [3, 4]),
        ("?offset=4", [4]),
        ("?offset=5", []),
        ("?limit=0", []),
        ("?limit=0002", [0, 1]),
        ("?limit=99999999999999999999999", [0, 1, 2, 3, 4]),
        ("?offset=99999999999999999999999", []),
        ("?sort_order=desc", [4, 3, 2, 1, 0]),
        ("?sort_order=DESC", [0, 1, 2, 3, 4]),
        ("?sort_order=sideways", [0, 1, 2, 3, 4]),
        ("?sort_by=task_id&sort_order=asc", [0, 1, 2, 3, 4]),
        ("?unknown=1", [0, 1, 2, 3, 4]),
    ],
)
def test_a_query_names_its_part_of_the_list(client: FlaskClient, rows: Rows, query: str, expected: list[int]) -> None:
    ids = [rows.task(steps=ONE_STEP) for _ in range(5)]
    assert listed(client, query) == [ids[position] for position in expected]


def test_a_limit_is_capped_by_the_setting(host: Host, rows: Rows) -> None:
    ids = [rows.task(steps=ONE_STEP) for _ in range(4)]
    host.settings = Settings(max_page_size=3)
    client = host.app().test_client()
    assert listed(client, "?limit=50") == ids[:3]
    assert listed(client) == ids[:3]


def test_tasks_are_sorted_by_a_column(client: FlaskClient, rows: Rows) -> None:
    ids = {name: rows.task(initiator=name, steps=ONE_STEP) for name in ("b", "c", "a")}
    assert listed(client, "?sort_by=initiator") == [ids["a"], ids["b"], ids["c"]]
    assert listed(client, "?sort_by=initiator&sort_order=desc") == [ids["c"], ids["b"], ids["a"]]


def test_tasks_are_sorted_by_a_time(client: FlaskClient, rows: Rows) -> None:
    late = rows.task(requested_at=NOW + timedelta(hours=1), steps=ONE_STEP)
    early = rows.task(requested_at=NOW - timedelta(hours=1), steps=ONE_STEP)
    assert listed(client, "?sort_by=requested_at") == [early, late]


def test_equals_are_sorted_by_id_in_the_same_direction(client: FlaskClient, rows: Rows) -> None:
    ids = [rows.task(steps=ONE_STEP) for _ in range(3)]
    assert listed(client, "?sort_by=status") == ids
    assert listed(client, "?sort_by=status&sort_order=desc") == ids[::-1]


def test_a_null_is_last_going_up_and_first_going_down(client: FlaskClient, rows: Rows) -> None:
    without = rows.task(steps=ONE_STEP)
    having = rows.task(status="complete", completed_at=NOW, steps=[StepRow(name="one", columns=COMPLETE)])
    assert listed(client, "?sort_by=completed_at") == [having, without]
    assert listed(client, "?sort_by=completed_at&sort_order=desc") == [without, having]


@pytest.mark.parametrize("column", ["context", "tags", "bypass_steps", "nothing", "workflow_steps", "task_id;--", ""])
def test_what_cannot_be_sorted_by_means_the_id(client: FlaskClient, rows: Rows, column: str) -> None:
    ids = [rows.task(context={"n": number}, tags=[str(number)], steps=ONE_STEP) for number in (3, 1, 2)]
    assert listed(client, f"?sort_by={column}") == ids


def test_a_page_of_a_hundred_tasks_takes_the_statements_of_a_page_of_one(
    client: FlaskClient, rows: Rows, engine: sa.Engine
) -> None:
    for number in range(100):
        task_id = rows.task()
        rows.annotation(task_id, "one", kind=f"note-{number % 3}", data={"number": number})
    counts = {limit: statements_of(client, engine, limit) for limit in (1, 100)}
    assert counts == {1: 4, 100: 4}


def statements_of(client: FlaskClient, engine: sa.Engine, limit: int) -> int:
    with counted_statements(engine) as statements:
        tasks: list[Any] = client.get(f"/tasker/tasks?limit={limit}").get_json()["tasks"]
    assert len(tasks) == limit
    return len(statements)


def test_a_page_is_of_one_moment_whatever_is_committed_while_it_is_read(
    client: FlaskClient, rows: Rows, engine: sa.Engine
) -> None:
    task_id = rows.task(steps=[StepRow(name="only")])

    def finish(first_statement_is_over: str) -> None:
        assert "tasker_tasks" in first_statement_is_over
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE tasker_workflow_steps SET status = 'skipped'"))

    with counted_statements(engine, after_first=finish):
        task = client.get(f"/tasker/tasks/{task_id}").get_json()["task"]
    assert (task["status"], task["percent_complete"]) == ("pending", 0)
    assert client.get(f"/tasker/tasks/{task_id}").get_json()["task"]["percent_complete"] == 100


def test_a_list_is_sorted_by_what_it_shows_alone_since_a_cursor_tells_what_it_sorts_by() -> None:
    names = [column.key for column in table_of(Task).columns]
    assert {name for name in names if sorting_column(Task, name).key == name} <= {*TASK.fields, "named_task_id"}
