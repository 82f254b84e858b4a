"""The GraphQL schema: what can be asked and done. Every field at the top may be null, so that one that is refused does
not take the others with it."""

from __future__ import annotations

from typing import Final

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from . import queries, step_mutations, task_mutations
from .scalars import SCALARS
from .types import AnnotationType, BulkResult, Task, WorkflowStep


@strawberry.type
class Query:
    """What can be asked."""

    tasks: list[Task] | None = strawberry.field(resolver=queries.tasks, description="A page of tasks.")
    tasks_by_status: list[Task] | None = strawberry.field(
        resolver=queries.tasks_by_status, description="A page of the tasks that have this status."
    )
    tasks_by_annotation: list[Task] | None = strawberry.field(
        resolver=queries.tasks_by_annotation,
        description="A page of the tasks that have an annotation of that type with this value, as text, under the key.",
    )
    task: Task | None = strawberry.field(resolver=queries.task, description="One task; null where there is none.")
    step: WorkflowStep | None = strawberry.field(
        resolver=queries.step, description="One step of that task; null where there is none."
    )
    annotation_types: list[AnnotationType] | None = strawberry.field(
        resolver=queries.annotation_types, description="What annotations are about, by name."
    )


@strawberry.type
class Mutation:
    """What can be done."""

    create_task: Task | None = strawberry.mutation(resolver=task_mutations.create_task, description="Start a task.")
    update_task: Task | None = strawberry.mutation(
        resolver=task_mutations.update_task, description="Change why a task was asked for, and its tags."
    )
    cancel_task: Task | None = strawberry.mutation(
        resolver=task_mutations.cancel_task, description="Cancel a task; once more changes nothing."
    )
    retry_task: Task | None = strawberry.mutation(
        resolver=task_mutations.retry_task,
        description="Try all failed steps of a task again, from the first attempt on.",
    )
    bulk_tasks: BulkResult | None = strawberry.mutation(
        resolver=task_mutations.bulk_tasks, description="Cancel or retry all tasks that the filters select."
    )
    update_step: WorkflowStep | None = strawberry.mutation(
        resolver=step_mutations.update_step, description="Change a step's inputs, and how often it is tried."
    )
    cancel_step: WorkflowStep | None = strawberry.mutation(
        resolver=step_mutations.cancel_step, description="Cancel a step that waits; ask one that runs to stop."
    )
    retry_step: WorkflowStep | None = strawberry.mutation(
        resolver=step_mutations.retry_step, description="Try a failed step again, from the first attempt on."
    )
    skip_step: WorkflowStep | None = strawberry.mutation(
        resolver=step_mutations.skip_step, description="Skip a step that waits or has failed; its children may run."
    )
    resolve_step: WorkflowStep | None = strawberry.mutation(
        resolver=step_mutations.resolve_step,
        description="Give a step that waits or has failed its results by hand; its children may run.",
    )


STRAWBERRY: Final = strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS))

SCHEMA: Final[GraphQLSchema] = STRAWBERRY._schema
"""As graphql-core has it. Strawberry's own ``execute_sync`` parses, checks and runs in one go: the limits are held and
permissions asked between these, and it has no way to leave suggestions out of what a client is told."""
