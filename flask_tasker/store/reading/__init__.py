"""What is shown of tasks: a fixed number of statements, however many rows a page has."""

from .catalogue import AnnotationKind, StepKind, list_annotation_types, step_kinds
from .filters import TaskFilter
from .history import TransitionReading, list_transitions
from .page import Page, Position, sorting_column
from .progress import Progress, progress_by_task
from .session import reading
from .steps import StepReading, find_step, list_steps, steps_by_task
from .tasks import AnnotationReading, Parts, TaskListing, TaskReading, count_tasks, find_task, find_task_row, list_tasks

__all__ = [
    "AnnotationKind",
    "AnnotationReading",
    "Page",
    "Parts",
    "Position",
    "Progress",
    "StepKind",
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
    "progress_by_task",
    "reading",
    "sorting_column",
    "step_kinds",
    "steps_by_task",
]
