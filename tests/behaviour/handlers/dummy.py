"""The original engine's own example, ported line for line in the second form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from flask_tasker import (
    Annotation,
    StepSequence,
    StepTemplate,
    StepView,
    TaskHandler,
    TaskView,
    WorkingStep,
    task_handler,
)
from tests.behaviour.handlers.registry import HANDLERS

DUMMY_SYSTEM = "dummy-system"
ANNOTATION_TYPE = "dummy-annotation"
STEP_ONE, STEP_TWO, STEP_THREE, STEP_FOUR = "step-one", "step-two", "step-three", "step-four"


class Handler:
    """What each step does."""

    def handle(self, _task: TaskView, _sequence: StepSequence, step: WorkingStep) -> None:
        """Succeed."""
        step.results = {"dummy": True}


@task_handler("dummy_task", factory=HANDLERS)
class DummyTask(TaskHandler):
    """Two steps side by side, two in a row after the second."""

    schema: ClassVar[Any] = {"type": "object", "required": ["dummy"], "properties": {"dummy": {"type": "boolean"}}}

    step_templates: ClassVar[Sequence[StepTemplate]] = [
        StepTemplate(
            dependent_system=DUMMY_SYSTEM,
            name=STEP_ONE,
            description="Independent Step One",
            default_retryable=True,
            default_retry_limit=3,
            skippable=False,
            handler_class=Handler,
        ),
        StepTemplate(
            dependent_system=DUMMY_SYSTEM,
            name=STEP_TWO,
            description="Independent Step Two",
            default_retryable=True,
            default_retry_limit=3,
            skippable=False,
            handler_class=Handler,
        ),
        StepTemplate(
            dependent_system=DUMMY_SYSTEM,
            name=STEP_THREE,
            depends_on_step=STEP_TWO,
            description="Step Three Dependent on Step Two",
            default_retryable=True,
            default_retry_limit=3,
            skippable=False,
            handler_class=Handler,
        ),
        StepTemplate(
            dependent_system=DUMMY_SYSTEM,
            name=STEP_FOUR,
            depends_on_step=STEP_THREE,
            description="Step Four Dependent on Step Three",
            default_retryable=True,
            default_retry_limit=3,
            skippable=False,
            handler_class=Handler,
        ),
    ]

    def update_annotations(
        self, _task: TaskView, _sequence: StepSequence, steps: Sequence[StepView]
    ) -> Iterable[Annotation]:
        """Note each step that is complete."""
        for done in steps:
            if done.status == "complete":
                data: dict[str, Any] = {
                    "dummy_annotation": "something that might be important",
                    "step_name": done.name,
                }
                yield Annotation(ANNOTATION_TYPE, data)
