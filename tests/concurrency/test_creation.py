"""Many creations at once, over kinds of task that the database has never seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
import sqlalchemy as sa

from flask_tasker import StepTemplate
from flask_tasker.engine import Catalogue, Runtime
from flask_tasker.handlers import HandlerDefinition
from flask_tasker.models import (
    AnnotationType,
    DependentSystem,
    NamedStep,
    NamedTask,
    NamedTasksNamedStep,
    Task,
    WorkflowStep,
)
from flask_tasker.models.base import Base
from tests.concurrency.at_once import at_once
from tests.concurrency.creating import KINDS, STEPS, SYSTEMS, outcome, runtime_on
from tests.concurrency.creators import creator, told_together

PROCESSES = 10


def count(runtime: Runtime, model: type[Base]) -> int:
    return runtime.database.read(
        lambda connection: connection.scalar(sa.select(sa.func.count()).select_from(model)) or 0
    )


@pytest.fixture
def runtime(tables_url: str) -> Iterator[Runtime]:
    with runtime_on(tables_url) as runtime:
        yield runtime


@pytest.mark.slow
def test_fifty_creations_from_ten_processes_distinct_then_identical(runtime: Runtime, tables_url: str) -> None:
    with ExitStack() as stack:
        processes = [
            stack.enter_context(creator(tables_url, number, "distinct", "identical")) for number in range(PROCESSES)
        ]
        assert told_together(processes) == ["created"] * 50
        assert sorted(told_together(processes)) == ["created"] + ["duplicate"] * 49
    assert [process.returncode for process in processes] == [0] * PROCESSES
    assert (count(runtime, Task), count(runtime, WorkflowStep)) == (51, 51 * len(STEPS))
    assert (count(runtime, NamedTask), count(runtime, DependentSystem)) == (KINDS, len(SYSTEMS))
    pairs = {(template.dependent_system, template.name) for one in runtime.handlers for template in steps_of(one)}
    assert count(runtime, NamedStep) == len(pairs)
    assert count(runtime, NamedTasksNamedStep) == KINDS * len(STEPS)


def steps_of(definition: HandlerDefinition) -> list[StepTemplate]:
    return list(definition.graph.templates.values())


def test_fifty_identical_creations_from_threads_make_one_task(runtime: Runtime) -> None:
    outcomes = at_once([partial(outcome, runtime, 0, 1)] * 50)
    assert sorted(outcomes) == ["created"] + ["duplicate"] * 49
    assert (count(runtime, Task), count(runtime, WorkflowStep)) == (1, len(STEPS))


def test_annotation_types_that_are_new_to_all_are_made_once(runtime: Runtime) -> None:
    names = [f"type-{number}" for number in range(12)]
    orders = [names[turn:] + names[:turn] for turn in range(8)]
    found = at_once([partial(Catalogue(remember=True).annotation_types, runtime.database, order) for order in orders])
    assert all(ids == found[0] for ids in found)
    assert set(found[0]) == set(names)
    assert count(runtime, AnnotationType) == len(names)


def test_kinds_that_are_new_to_all_are_made_once(runtime: Runtime) -> None:
    definitions = list(runtime.handlers)
    actions = [
        partial(Catalogue(remember=True).kind, runtime.database, definition)
        for turn in range(3)
        for definition in definitions[turn:] + definitions[:turn]
    ]
    found = at_once(actions)
    assert len({kind.named_task_id for kind in found}) == KINDS
    assert count(runtime, NamedTasksNamedStep) == KINDS * len(STEPS)
