"""The bodies of answers, around what they show."""

from __future__ import annotations

from marshmallow import fields, validate

from .graph_schema import GraphSchema, HandlerEdgeSchema
from .schemas import StepSchema, TaskSchema, TransitionSchema
from .shown import Shown


class TaskAnswer(Shown):
    """One task."""

    task = fields.Nested(TaskSchema)


class TasksAnswer(Shown):
    """A page of tasks."""

    sometimes = frozenset({"next_cursor"})

    tasks = fields.List(fields.Nested(TaskSchema))
    next_cursor = fields.String(metadata={"description": "`cursor` of the next page, where there is one"})


class StepAnswer(Shown):
    """One step."""

    step = fields.Nested(StepSchema)


class StepsAnswer(Shown):
    """A page of steps."""

    steps = fields.List(fields.Nested(StepSchema))


class CancelledAnswer(Shown):
    """That it is cancelled, or asked to stop."""

    cancelled = fields.Boolean()


class TransitionsAnswer(Shown):
    """A page of what happened."""

    transitions = fields.List(fields.Nested(TransitionSchema))


class GraphAnswer(Shown):
    """The graph of a task."""

    graph = fields.Nested(GraphSchema)


class BulkAnswer(Shown):
    """What came of a bulk verb."""

    action = fields.String(validate=validate.OneOf(["cancel", "retry"]))
    dry_run = fields.Boolean()
    count = fields.Integer()
    task_ids = fields.List(fields.Integer())
    skipped = fields.List(fields.Integer(), metadata={"description": "their state has changed"})
    more = fields.Boolean(metadata={"description": "whether more are selected than were looked at"})


class HandlerStepSchema(Shown):
    """A step as its handler declares it."""

    name = fields.String()
    dependent_system = fields.String()
    description = fields.String()
    depends_on_steps = fields.List(fields.String())
    retryable = fields.Boolean()
    retry_limit = fields.Integer()
    skippable = fields.Boolean()
    transactional = fields.Boolean()
    timeout_seconds = fields.Float(allow_none=True, metadata={"minimum": 0})


class HandlerSchema(Shown):
    """A handler."""

    namespace = fields.String()
    name = fields.String()
    version = fields.String()
    full_name = fields.String()
    description = fields.String()
    steps = fields.List(fields.Nested(HandlerStepSchema))
    edges = fields.List(fields.Nested(HandlerEdgeSchema))
    levels = fields.List(fields.List(fields.String()))
    schema = fields.Dict(allow_none=True, metadata={"description": "the JSON Schema of the context"})


class HandlerAnswer(Shown):
    """One handler."""

    handler = fields.Nested(HandlerSchema)


class HandlersAnswer(Shown):
    """Handlers."""

    handlers = fields.List(fields.Nested(HandlerSchema))


class DocumentAnswer(Shown):
    """An OpenAPI document."""

    openapi = fields.String()
    info = fields.Dict()
    paths = fields.Dict()
