"""From what was read to what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from strawberry import ID

from ...models import NamedTask as NamedTaskRow
from ...redaction import Redactor
from ...store.reading import AnnotationReading, StepKind, StepReading, TaskReading
from ..redacting import told
from .scalars import JSON
from .types import AnnotationType, DependentSystem, NamedStep, NamedTask, Task, TaskAnnotation, WorkflowStep

NO_KINDS: Mapping[int, StepKind] = {}


def task_of(reading: TaskReading, redactor: Redactor, kinds: Mapping[int, StepKind] = NO_KINDS) -> Task:
    """A task without its secrets; what was not read of it was not asked for."""
    row, named_task = reading.row, reading.named_task
    return Task(
        task_id=ID(str(row.task_id)),
        named_task_id=row.named_task_id,
        named_task=_named_task_of(named_task),
        name=named_task.name,
        namespace=named_task.namespace,
        version=named_task.version,
        full_name=reading.full_name,
        initiator=row.initiator,
        source_system=row.source_system,
        context=JSON(redactor.redacted(row.context)),
        reason=told(redactor, row.reason),
        bypass_steps=row.bypass_steps,
        tags=row.tags,
        requested_at=row.requested_at,
        complete=row.complete,
        status=row.status,
        identity_hash=row.identity_hash,
        created_at=row.created_at,
        updated_at=row.updated_at,
        completed_at=row.completed_at,
        percent_complete=reading.percent_complete,
        correlation_id=row.correlation_id,
        workflow_steps=steps_of(reading.workflow_steps, redactor, kinds),
        task_annotations=[_annotation_of(note, redactor) for note in reading.task_annotations],
    )


def steps_of(
    readings: Iterable[StepReading], redactor: Redactor, kinds: Mapping[int, StepKind] = NO_KINDS
) -> list[WorkflowStep]:
    """Steps without their secrets, each with the one that it depends on where that is among them."""
    shown = {reading.row.workflow_step_id: _step_of(reading, redactor, kinds) for reading in readings}
    for step in shown.values():
        if step.depends_on_step_id is not None:
            step.depends_on_step = shown.get(step.depends_on_step_id)
    return list(shown.values())


def _step_of(reading: StepReading, redactor: Redactor, kinds: Mapping[int, StepKind]) -> WorkflowStep:
    row, kind = reading.row, kinds.get(reading.row.named_step_id)
    return WorkflowStep(
        workflow_step_id=ID(str(row.workflow_step_id)),
        task_id=row.task_id,
        name=row.name,
        named_step_id=row.named_step_id,
        named_step=None if kind is None else _named_step_of(kind),
        depends_on_step_id=reading.only_parent_id,
        depends_on_step_ids=list(reading.parent_ids),
        depends_on_step=None,
        status=row.status,
        attempts=row.attempts,
        skippable=row.skippable,
        retryable=row.retryable,
        retry_limit=row.retry_limit,
        processed=row.processed,
        processed_at=row.processed_at,
        in_process=row.in_process,
        backoff_request_seconds=row.backoff_request_seconds,
        last_attempted_at=row.last_attempted_at,
        inputs=JSON(redactor.redacted(reading.inputs)),
        results=JSON(redactor.redacted(row.results)),
        next_attempt_at=row.next_attempt_at,
        error=told(redactor, row.error),
        timeout_seconds=row.timeout_seconds,
        dependent_system=reading.dependent_system,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _annotation_of(reading: AnnotationReading, redactor: Redactor) -> TaskAnnotation:
    row, kind = reading.row, reading.annotation_type
    return TaskAnnotation(
        task_annotation_id=ID(str(row.task_annotation_id)),
        task_id=row.task_id,
        annotation_type_id=row.annotation_type_id,
        annotation=JSON(redactor.redacted(row.annotation)),
        annotation_type_name=kind.name,
        annotation_type=AnnotationType(
            annotation_type_id=ID(str(kind.annotation_type_id)), name=kind.name, description=kind.description
        ),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _named_task_of(row: NamedTaskRow) -> NamedTask:
    return NamedTask(
        named_task_id=ID(str(row.named_task_id)),
        namespace=row.namespace,
        name=row.name,
        version=row.version,
        description=row.description,
        created_at=row.created_at,
    )


def _named_step_of(kind: StepKind) -> NamedStep:
    row, system = kind.row, kind.dependent_system
    return NamedStep(
        named_step_id=ID(str(row.named_step_id)),
        dependent_system_id=row.dependent_system_id,
        name=row.name,
        description=row.description,
        created_at=row.created_at,
        dependent_system=DependentSystem(
            dependent_system_id=ID(str(system.dependent_system_id)),
            name=system.name,
            description=system.description,
            created_at=system.created_at,
        ),
    )
