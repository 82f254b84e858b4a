"""The objects of the GraphQL API: an object's own key is an ID, another's an Int."""

from __future__ import annotations

from datetime import datetime

import strawberry

from .described import shown
from .scalars import JSON


@shown
class DependentSystem:
    """A system that steps work against."""

    dependent_system_id: strawberry.ID
    name: str
    description: str | None
    created_at: datetime


@shown
class NamedTask:
    """A kind of task."""

    named_task_id: strawberry.ID
    namespace: str
    name: str
    version: str
    description: str | None
    created_at: datetime


@shown
class NamedStep:
    """A kind of step."""

    named_step_id: strawberry.ID
    dependent_system_id: int
    name: str
    description: str | None
    created_at: datetime
    dependent_system: DependentSystem


@shown
class AnnotationType:
    """What annotations are about."""

    annotation_type_id: strawberry.ID
    name: str
    description: str | None


@shown
class TaskAnnotation:
    """A note on a task."""

    task_annotation_id: strawberry.ID
    task_id: int
    annotation_type_id: int
    annotation: JSON
    annotation_type_name: str
    annotation_type: AnnotationType
    created_at: datetime
    updated_at: datetime


@shown
class WorkflowStep:
    """A step of a task."""

    workflow_step_id: strawberry.ID
    task_id: int
    name: str
    named_step_id: int
    named_step: NamedStep | None
    depends_on_step_id: int | None = strawberry.field(description="The parent, where there is exactly one.")
    depends_on_step_ids: list[int]
    depends_on_step: WorkflowStep | None = strawberry.field(description="The parent, where there is exactly one.")
    status: str
    attempts: int
    skippable: bool
    retryable: bool
    retry_limit: int
    processed: bool = strawberry.field(description="Whether it is complete or was resolved by hand.")
    processed_at: datetime | None
    in_process: bool = strawberry.field(description="Whether a worker holds its lease.")
    backoff_request_seconds: float | None
    last_attempted_at: datetime | None
    inputs: JSON | None
    results: JSON | None
    next_attempt_at: datetime | None
    error: str | None
    timeout_seconds: float | None
    dependent_system: str
    created_at: datetime
    updated_at: datetime


@shown
class Task:
    """A request that is being worked on."""

    task_id: strawberry.ID
    named_task_id: int
    named_task: NamedTask
    name: str
    namespace: str
    version: str
    full_name: str
    initiator: str
    source_system: str
    context: JSON
    reason: str | None
    bypass_steps: list[str]
    tags: list[str]
    requested_at: datetime
    complete: bool
    status: str
    identity_hash: str
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    percent_complete: int
    correlation_id: str | None
    workflow_steps: list[WorkflowStep] = strawberry.field(
        description="In the order in which the handler declares them."
    )
    task_annotations: list[TaskAnnotation] = strawberry.field(description="By their ids.")


@shown
class BulkResult:
    """What came of a bulk verb."""

    action: str
    dry_run: bool
    count: int
    task_ids: list[strawberry.ID]
    skipped: list[strawberry.ID] = strawberry.field(description="Tasks whose state has changed meanwhile.")
    more: bool = strawberry.field(description="Whether more are selected than were looked at.")
