"""What is shown of tasks: a fixed number of statements, however many rows a page has."""

from .catalogue import AnnotationKind, list_annotation_types
from .filters import TaskFilter
from .history import TransitionReading, list_transitions
from .page import Page, Position, sorting_column
from .session import reading
from .steps import StepReading, find_step, list_steps
from .tasks import AnnotationReading, TaskListing, TaskReading, count_tasks, find_task, find_task_row, list_tasks

__all__ = [
    "AnnotationKind",
    "AnnotationReading",
    "Page",
    "Position",
    "StepReading",
    "TaskFilter",
    "TaskListing",
    "TaskReading",
    "TransitionReading",
    "count_tasks",
    "find_step",
    "find_task",
    "find_task_row",
    "list_annotation_types",
    "list_steps",
    "list_tasks",
    "list_transitions",
    "reading",
    "sorting_column",
]
