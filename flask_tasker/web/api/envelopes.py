"""The bodies of answers, around what they show."""

from __future__ import annotations

from marshmallow import Schema, fields

from .graph_schema import EdgeSchema, GraphSchema
from .schemas import StepSchema, TaskSchema, TransitionSchema


class TaskAnswer(Schema):
    """One task."""

    task = fields.Nested(TaskSchema, required=True)


class TasksAnswer(Schema):
    """A page of tasks."""

    tasks = fields.List(fields.Nested(TaskSchema), required=True)
    next_cursor = fields.String(metadata={"description": "`cursor` of the next page, where there is one"})


class StepAnswer(Schema):
    """One step."""

    step = fields.Nested(StepSchema, required=True)


class StepsAnswer(Schema):
    """A page of steps."""

    steps = fields.List(fields.Nested(StepSchema), required=True)


class CancelledAnswer(Schema):
    """That it is cancelled, or asked to stop."""

    cancelled = fields.Boolean(required=True)


class TransitionsAnswer(Schema):
    """A page of what happened."""

    transitions = fields.List(fields.Nested(TransitionSchema), required=True)


class GraphAnswer(Schema):
    """The graph of a task."""

    graph = fields.Nested(GraphSchema, required=True)


class BulkAnswer(Schema):
    """What came of a bulk verb."""

    action = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    count = fields.Integer(required=True)
    task_ids = fields.List(fields.Integer(), required=True)
    skipped = fields.List(fields.Integer(), required=True, metadata={"description": "their state has changed"})
    more = fields.Boolean(required=True, metadata={"description": "whether more are selected than were looked at"})


class HandlerStepSchema(Schema):
    """A step as its handler declares it."""

    name = fields.String()
    dependent_system = fields.String()
    description = fields.String()
    depends_on_steps = fields.List(fields.String())
    retryable = fields.Boolean()
    retry_limit = fields.Integer()
    skippable = fields.Boolean()
    transactional = fields.Boolean()
    timeout_seconds = fields.Float(allow_none=True)


class HandlerSchema(Schema):
    """A handler."""

    namespace = fields.String()
    name = fields.String()
    version = fields.String()
    full_name = fields.String()
    description = fields.String()
    steps = fields.List(fields.Nested(HandlerStepSchema))
    edges = fields.List(fields.Nested(EdgeSchema))
    levels = fields.List(fields.List(fields.String()))
    schema = fields.Dict(allow_none=True, metadata={"description": "the JSON Schema of the context"})


class HandlerAnswer(Schema):
    """One handler."""

    handler = fields.Nested(HandlerSchema, required=True)


class HandlersAnswer(Schema):
    """Handlers."""

    handlers = fields.List(fields.Nested(HandlerSchema), required=True)
