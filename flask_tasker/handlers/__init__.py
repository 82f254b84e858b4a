"""What users write: handlers, steps and requests. Pure: no Flask, no database, no broker."""

from .annotation import Annotation
from .classic import WorkingStep
from .context import ContextSchema, JsonSchemaContext
from .definition import HandlerDefinition
from .factory import HandlerFactory, default_factory, replace_default_factory, version_order
from .graph import StepGraph
from .handler import TaskHandler, task_handler
from .loaded_context import MarshmallowContext
from .payload import storable
from .request import DEFAULT_NAMESPACE, DEFAULT_VERSION, TaskRequest
from .retry import NO_RETRY, Backoff, Retry, asked_wait
from .run import StepRun, TaskView
from .sequence import StepSequence, StepView
from .step import BoundStep, Step, step
from .template import StepTemplate
from .validation import validated

__all__ = [
    "DEFAULT_NAMESPACE",
    "DEFAULT_VERSION",
    "NO_RETRY",
    "Annotation",
    "Backoff",
    "BoundStep",
    "ContextSchema",
    "HandlerDefinition",
    "HandlerFactory",
    "JsonSchemaContext",
    "MarshmallowContext",
    "Retry",
    "Step",
    "StepGraph",
    "StepRun",
    "StepSequence",
    "StepTemplate",
    "StepView",
    "TaskHandler",
    "TaskRequest",
    "TaskView",
    "WorkingStep",
    "asked_wait",
    "default_factory",
    "replace_default_factory",
    "step",
    "storable",
    "task_handler",
    "validated",
    "version_order",
]
