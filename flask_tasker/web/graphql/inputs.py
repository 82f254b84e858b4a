"""What mutations take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import UNSET

from .scalars import JSON


@strawberry.input(description="A task to start.")
class CreateTaskInput:
    name: str
    context: JSON = strawberry.field(description="An object, or a text that holds one.")
    namespace: str | None = UNSET
    version: str | None = UNSET
    initiator: str | None = UNSET
    source_system: str | None = UNSET
    reason: str | None = UNSET
    tags: list[str] | None = UNSET
    bypass_steps: list[str] | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="What to change of a task; what is left out stays.")
class UpdateTaskInput:
    task_id: strawberry.ID
    reason: str | None = UNSET
    tags: list[str] | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="A task to cancel, and why.")
class CancelTaskInput:
    task_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="A task whose failed steps to try again, and why.")
class RetryTaskInput:
    task_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="What to change of a step; what is left out stays.")
class UpdateStepInput:
    task_id: int
    step_id: strawberry.ID
    retry_limit: int | None = UNSET
    inputs: JSON | None = strawberry.field(
        default=UNSET, description="An object, or a text that holds one; null: the context of the task."
    )
    client_mutation_id: str | None = UNSET


@strawberry.input(description="A step to cancel, and why.")
class CancelStepInput:
    task_id: int
    step_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="A failed step to try again, and why.")
class RetryStepInput:
    task_id: int
    step_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="A step to skip, and why.")
class SkipStepInput:
    task_id: int
    step_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="A step to give its results by hand, and why.")
class ResolveStepInput:
    task_id: int
    step_id: strawberry.ID
    results: JSON | None = strawberry.field(default=None, description="Any JSON.")
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@strawberry.input(description="What the tasks of a bulk verb have in common; one at least.")
class BulkFilters:
    task_ids: list[strawberry.ID] | None = UNSET
    status: str | None = UNSET
    name: str | None = UNSET
    namespace: str | None = UNSET
    initiator: str | None = UNSET
    source_system: str | None = UNSET
    tag: str | None = UNSET
    annotation_type: str | None = UNSET
    annotation_key: str | None = UNSET
    annotation_value: str | None = UNSET
    requested_after: str | None = strawberry.field(default=UNSET, description="A moment in ISO 8601.")
    requested_before: str | None = strawberry.field(default=UNSET, description="A moment in ISO 8601.")


@strawberry.input(description="What to do to all tasks that the filters select.")
class BulkTasksInput:
    action: str = strawberry.field(description="`cancel` or `retry`.")
    filters: BulkFilters
    dry_run: bool | None = strawberry.field(default=UNSET, description="Only say what would be done.")
    limit: int | None = UNSET
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


def given(wanted: object, *, nulls: frozenset[str] = frozenset()) -> Mapping[str, Any]:
    """The fields of an input that a client has given; null is as good as nothing but for ``nulls``."""
    return {
        name: value
        for name, value in vars(wanted).items()
        if value is not UNSET and (value is not None or name in nulls) and name != "client_mutation_id"
    }
