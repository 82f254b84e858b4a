"""The dummy task of the original engine's introduction, in the original's own form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from flask_tasker import (
    Annotation,
    StepSequence,
    StepStatus,
    StepTemplate,
    StepView,
    TaskHandler,
    TaskView,
    WorkingStep,
    task_handler,
)

DUMMY_SYSTEM = "dummy-system"
STEP_ONE = "step-one"
STEP_TWO = "step-two"
STEP_THREE = "step-three"
STEP_FOUR = "step-four"
ANNOTATION_TYPE = "dummy-annotation"


class Handler:
    """Does nothing, and says so."""

    def handle(self, task: TaskView, sequence: StepSequence, step: WorkingStep) -> None:
        """Work on one step."""
        step.results = {"dummy": True}


@task_handler("dummy_task")
class DummyTask(TaskHandler):
    """Four steps: one and two side by side, three after two, four after three."""

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
        self, task: TaskView, sequence: StepSequence, steps: Sequence[StepView]
    ) -> Iterable[Annotation]:
        """Leave a note for each completed step."""
        for step in steps:
            if step.status is StepStatus.COMPLETE:
                yield Annotation(ANNOTATION_TYPE, _dummy_annotation(step.name), step=step.name)


def _dummy_annotation(step_name: str) -> dict[str, Any]:
    return {"dummy_annotation": "something that might be important", "step_name": step_name}
