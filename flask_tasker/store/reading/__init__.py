"""What is shown of tasks: a fixed number of statements, however many rows a page has."""

from .catalogue import AnnotationKind, StepKind, list_annotation_types, step_kinds
from .conditions import conditions
from .contents import AnnotationExcerpt, Excerpt, StepContents, annotation_excerpts, step_contents
from .filters import TaskFilter
from .history import StepMove, TransitionReading, list_transitions, step_moves
from .outlines import ERROR, StepOutline, step_edges, step_outlines
from .page import Page, Position, sorting_column
from .progress import Progress, progress_by_task
from .session import reading
from .steps import StepReading, find_step, list_steps, steps_by_task
from .tasks import AnnotationReading, Parts, TaskListing, TaskReading, count_tasks, find_task, find_task_row, list_tasks
from .version import TaskVersion, task_version

__all__ = [
    "ERROR",
    "AnnotationExcerpt",
    "AnnotationKind",
    "AnnotationReading",
    "Excerpt",
    "Page",
    "Parts",
    "Position",
    "Progress",
    "StepContents",
    "StepKind",
    "StepMove",
    "StepOutline",
    "StepReading",
    "TaskFilter",
    "TaskListing",
    "TaskReading",
    "TaskVersion",
    "TransitionReading",
    "annotation_excerpts",
    "conditions",
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
    "step_contents",
    "step_edges",
    "step_kinds",
    "step_moves",
    "step_outlines",
    "steps_by_task",
    "task_version",
]
