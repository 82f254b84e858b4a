"""What is stored."""

from .annotation import AnnotationType, TaskAnnotation
from .base import Base, UtcDateTime
from .catalogue import DependentSystem, NamedStep, NamedTask, NamedTasksNamedStep
from .history import TaskTransition, WorkflowStepTransition
from .idempotency import IdempotencyKey
from .object_map import DependentSystemObjectMap
from .schema import SchemaVersion
from .step import WorkflowStep, WorkflowStepEdge
from .task import Task
from .worker import Worker

__all__ = [
    "AnnotationType",
    "Base",
    "DependentSystem",
    "DependentSystemObjectMap",
    "IdempotencyKey",
    "NamedStep",
    "NamedTask",
    "NamedTasksNamedStep",
    "SchemaVersion",
    "Task",
    "TaskAnnotation",
    "TaskTransition",
    "UtcDateTime",
    "Worker",
    "WorkflowStep",
    "WorkflowStepEdge",
    "WorkflowStepTransition",
]
