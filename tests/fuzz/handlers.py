"""Handlers of many kinds: with a schema, with another, without one, and such as fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from marshmallow import Schema, fields, validate

from flask_tasker import Backoff, HandlerFactory, PermanentError, Retry, StepRun, TaskHandler, step, task_handler

ORDER: Final = {
    "type": "object",
    "required": ["order_id"],
    "properties": {"order_id": {"type": "integer"}, "note": {"type": "string", "default": "none"}},
}


class Letter(Schema):
    """The context of a handler that says it with marshmallow."""

    to = fields.String(required=True, validate=validate.Length(min=1))
    copies = fields.Integer(load_default=1, validate=validate.Range(1, 5))


def handlers() -> HandlerFactory:
    """Of one app."""
    factory = HandlerFactory()
    _with_schema(factory)
    _with_marshmallow(factory)
    _without_schema(factory)
    _that_fail(factory)
    return factory


def _with_schema(factory: HandlerFactory) -> None:
    @task_handler("sync_order", dependent_system="shop", schema=ORDER, factory=factory)
    class SyncOrder(TaskHandler[Any]):
        """Copy a paid order to the ledger."""

        @step(dependent_system="payments", timeout=timedelta(seconds=30))
        def charge(self, run: StepRun[Any]) -> Any:
            return {"cents": 1299, "order": run.context["order_id"]}

        @step(depends_on=charge, skippable=True)
        def notify(self, run: StepRun[Any]) -> Any:
            return [run.attempt, None, "sent"]

        @step(depends_on=[charge, notify])
        def close(self, run: StepRun[Any]) -> Any:
            return "closed"


def _with_marshmallow(factory: HandlerFactory) -> None:
    @task_handler("write", namespace="letters", version="2.0.0", schema=Letter, factory=factory)
    class Write(TaskHandler[Any]):
        @step
        def only(self, run: StepRun[Any]) -> Any:
            return None


def _without_schema(factory: HandlerFactory) -> None:
    @task_handler("anything", factory=factory)
    class Anything(TaskHandler[Any]):
        @step(skippable=True)
        def left(self, run: StepRun[Any]) -> Any:
            return run.inputs

        @step(skippable=True)
        def right(self, run: StepRun[Any]) -> Any:
            return 1.5

        @step(depends_on=[left, right])
        def both(self, run: StepRun[Any]) -> Any:
            return True


def _that_fail(factory: HandlerFactory) -> None:
    @task_handler("refused", factory=factory)
    class Refused(TaskHandler[Any]):
        @step
        def only(self, run: StepRun[Any]) -> Any:
            raise PermanentError("the card was refused")

    @task_handler("waiting", factory=factory)
    class Waiting(TaskHandler[Any]):
        @step
        def first(self, run: StepRun[Any]) -> Any:
            return {}

        @step(depends_on=first, retry=Retry(limit=50, backoff=Backoff(base=timedelta(hours=1))))
        def second(self, run: StepRun[Any]) -> Any:
            raise ConnectionError("no answer")
