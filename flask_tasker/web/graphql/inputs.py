"""What mutations take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import UNSET

from .described import taken
from .scalars import JSON


@taken
class CreateTaskInput:
    """A task to start."""

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


@taken
class UpdateTaskInput:
    """What to change of a task; what is left out stays."""

    task_id: strawberry.ID
    reason: str | None = UNSET
    tags: list[str] | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class CancelTaskInput:
    """A task to cancel, and why."""

    task_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class RetryTaskInput:
    """A task whose failed steps to try again, and why."""

    task_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class UpdateStepInput:
    """What to change of a step; what is left out stays."""

    task_id: int
    step_id: strawberry.ID
    retry_limit: int | None = UNSET
    inputs: JSON | None = strawberry.field(
        default=UNSET, description="An object, or a text that holds one; null: the context of the task."
    )
    client_mutation_id: str | None = UNSET


@taken
class CancelStepInput:
    """A step to cancel, and why."""

    task_id: int
    step_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class RetryStepInput:
    """A failed step to try again, and why."""

    task_id: int
    step_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class SkipStepInput:
    """A step to skip, and why."""

    task_id: int
    step_id: strawberry.ID
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class ResolveStepInput:
    """A step to give its results by hand, and why."""

    task_id: int
    step_id: strawberry.ID
    results: JSON | None = strawberry.field(default=None, description="Any JSON.")
    reason: str | None = UNSET
    client_mutation_id: str | None = UNSET


@taken
class BulkFilters:
    """What the tasks of a bulk verb have in common; one at least."""

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


@taken
class BulkTasksInput:
    """What to do to all tasks that the filters select."""

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
