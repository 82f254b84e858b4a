"""The message that a broker carries: a hint that these steps may be ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ..typing import HandlerKey, JsonObject

CHUNK: Final = 32
"""How many quick steps go into one message."""
TOGETHER: Final = 128
"""How many of the lightest steps are worked on together by one thread."""


@dataclass(frozen=True)
class StepRef:
    """A step as a message names it."""

    step_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class StepMessage:
    """Steps of one task that may be ready, and the handler that knows them."""

    task_id: int
    handler: HandlerKey
    steps: tuple[StepRef, ...]

    def to_json(self) -> dict[str, Any]:
        """A form that any broker can carry."""
        return {
            "task_id": self.task_id,
            "handler": list(self.handler),
            "steps": [[step.step_id, step.name] for step in self.steps],
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> StepMessage:
        """Read what ``to_json`` wrote."""
        namespace, name, version = data["handler"]
        steps = tuple(StepRef(step_id, step) for step_id, step in data["steps"])
        return cls(task_id=data["task_id"], handler=(namespace, name, version), steps=steps)


class Dispatcher(Protocol):
    """A way to hand messages to whoever works on them."""

    def send(self, messages: Sequence[StepMessage], /) -> None:
        """Pass the messages on, or raise; losing one is harmless, since the sweep finds its steps."""
        ...
