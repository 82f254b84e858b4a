"""Looking ahead: what is read depends on what is asked for, and not on how many rows there are."""

from __future__ import annotations

import pytest

from tests.graphql.conftest import Teller, engine_of
from tests.http.conftest import Desk
from tests.web.rows import Rows
from tests.web.statements import counted_statements

EVERYTHING = """taskId percentComplete namedTask { name }
    workflowSteps { name results namedStep { name dependentSystem { name } } dependsOnStep { name } dependsOnStepIds }
    taskAnnotations { annotation annotationType { name } }"""
SELECTED = [
    ("taskId status namedTask { name }", 1),
    ("percentComplete", 2),
    ("workflowSteps { name }", 2),
    ("workflowSteps { dependsOnStepId }", 3),
    ("workflowSteps { dependsOnStep { name } }", 3),
    ("workflowSteps { namedStep { name } }", 3),
    ("taskAnnotations { annotationTypeName }", 2),
    (EVERYTHING, 5),
]


def statements_of(ask: Teller, query: str) -> list[str]:
    with counted_statements(engine_of(ask.desk)) as seen:
        ask.data(query)
    return seen


@pytest.mark.parametrize(("fields", "count"), SELECTED)
def test_a_list_reads_what_is_asked_for(ask: Teller, fields: str, count: int) -> None:
    ask.complete()
    assert len(statements_of(ask, "{tasks{%s}}" % fields)) == count
    assert len(statements_of(ask, '{tasksByStatus(status: "complete"){%s}}' % fields)) == count


@pytest.mark.parametrize(("fields", "count"), SELECTED)
def test_a_task_reads_what_is_asked_for(ask: Teller, fields: str, count: int) -> None:
    # One more: whose task it is, before anything of it is read.
    assert len(statements_of(ask, "{task(taskId: %d){%s}}" % (ask.complete(), fields))) == 1 + count


def test_a_hundred_tasks_with_everything_take_as_many_statements_as_one(ask: Teller) -> None:
    rows = Rows(engine_of(ask.desk))
    for number in range(100):
        rows.annotation(rows.task(), "one", kind="note", data={"number": number})
    seen = statements_of(ask, "{tasks(limit: 100){%s}}" % EVERYTHING)
    assert len(seen) == 5
    (tasks,) = ask.data("{tasks(limit: 100){%s}}" % EVERYTHING).values()
    assert [len(task["workflowSteps"]) for task in tasks] == [3] * 100
    assert sorted(task["taskAnnotations"][0]["annotation"]["number"] for task in tasks) == list(range(100))


def test_what_fragments_ask_for_is_seen(ask: Teller) -> None:
    ask.complete()
    query = """query { tasks { ...Outer } }
        fragment Outer on Task { ... on Task { ...Inner } ...Inner }
        fragment Inner on Task { steps: workflowSteps { ... { namedStep { name } } } }"""
    assert len(statements_of(ask, query)) == 3
    assert ask.data(query)["tasks"][0]["steps"][0]["namedStep"] == {"name": "one"}


def test_one_field_does_not_read_for_another(ask: Teller) -> None:
    ask.complete()
    assert len(statements_of(ask, "{tasks{taskId} all: tasks{workflowSteps{name}}}")) == 3


@pytest.mark.parametrize(("fields", "count"), [("name", 3), ("namedStep{name}", 4), ("dependsOnStep{name}", 5)])
def test_a_step_reads_what_is_asked_for(ask: Teller, desk: Desk, fields: str, count: int) -> None:
    task_id = desk.start()
    step_id = desk.step(task_id, "two")["workflow_step_id"]
    assert len(statements_of(ask, "{step(taskId: %d, stepId: %d){%s}}" % (task_id, step_id, fields))) == count
