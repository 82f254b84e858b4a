"""The original engine's form: a list of templates, and annotations from task, sequence and steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


class DummyHandler:
    def handle(self, task: TaskView, sequence: StepSequence, step: WorkingStep) -> None:
        step.results = {"dummy": True}


@task_handler("templates")
class Templates(TaskHandler):
    step_templates = (
        StepTemplate(name="one", dependent_system="dummy-system", handler_class=DummyHandler),
        StepTemplate(name="two", depends_on_step="one", default_retry_limit=2, handler_class=DummyHandler),
        StepTemplate(name="three", depends_on_steps=["one", "two"], skippable=True, handler_class=DummyHandler),
    )

    def update_annotations(
        self, task: TaskView, sequence: StepSequence, steps: Sequence[StepView]
    ) -> Iterable[Annotation]:
        return [Annotation("dummy-annotation", {"step_name": step.name}, step=step.name) for step in steps]
