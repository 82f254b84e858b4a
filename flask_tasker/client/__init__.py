"""A typed client of the REST API, over httpx, for another service, a script or a test."""

try:
    import httpx as httpx  # the extra is missing without it, and who reads why should read how to get it
except ModuleNotFoundError as error:
    raise ImportError("flask_tasker.client needs httpx: install flask-tasker[client]") from error

from .annotation import Annotation
from .bulk import BulkResult
from .client import TaskerClient
from .errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TaskerClientError,
    TaskTimeoutError,
    UnauthorizedError,
    UnavailableError,
)
from .filters import TaskFilters
from .graph import Graph
from .handler import Handler
from .step import Step
from .task import Task
from .transition import Transition

__all__ = [
    "Annotation",
    "BadRequestError",
    "BulkResult",
    "ConflictError",
    "ForbiddenError",
    "Graph",
    "Handler",
    "NotFoundError",
    "Step",
    "Task",
    "TaskFilters",
    "TaskTimeoutError",
    "TaskerClient",
    "TaskerClientError",
    "Transition",
    "UnauthorizedError",
    "UnavailableError",
]
