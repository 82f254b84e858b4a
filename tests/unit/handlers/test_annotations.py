"""Which notes a handler leaves, in either form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_tasker.handlers import Annotation, StepRun, StepSequence, StepView, TaskHandler, TaskView, step
from flask_tasker.lifecycle import StepStatus
from tests.unit.making import defined, handler, template

TASK = TaskView(task_id=1, name="order", context={})
STEPS = [StepView(name="a", status=StepStatus.COMPLETE)]


class Base(TaskHandler):
    @step
    def a(self, run: StepRun) -> None: ...


def noted(cls: type[TaskHandler[Any]]) -> list[Annotation]:
    return handler()(cls).definition.annotations(TASK, StepSequence(lambda: STEPS), STEPS)


def test_a_handler_that_does_not_override_it_is_not_asked() -> None:
    assert not defined([template("a")]).annotates


def test_a_handler_that_overrides_it_is_asked() -> None:
    class Noting(Base):
        def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
            return [Annotation("progress", {"done": [step.name for step in sequence.complete()]})]

    assert noted(Noting) == [Annotation("progress", {"done": ["a"]})]
    assert Noting.definition.annotates


def test_the_form_of_the_original_engine_gets_the_task_and_the_steps_worked_on() -> None:
    class Noting(Base):
        def update_annotations(
            self, task: TaskView, sequence: StepSequence, steps: Sequence[StepView]
        ) -> Iterable[Annotation]:
            return [Annotation(task.name, {"steps": [step.name for step in steps]}, step="a")]

    assert noted(Noting) == [Annotation("order", {"steps": ["a"]}, step="a")]


def test_notes_may_be_yielded() -> None:
    class Noting(Base):
        def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
            yield Annotation("one", {})
            yield Annotation("two", {})

    assert [note.type for note in noted(Noting)] == ["one", "two"]


def test_no_answer_is_no_note() -> None:
    class Noting(Base):
        def update_annotations(self, sequence: StepSequence) -> Any:
            return None

    assert noted(Noting) == []


def test_a_handler_inherits_its_notes() -> None:
    class Noting(Base):
        def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
            return [Annotation("inherited", {})]

    class Heir(Noting):
        pass

    assert noted(Heir) == [Annotation("inherited", {})]


def test_by_default_there_is_nothing_to_note() -> None:
    assert list(Base().update_annotations()) == []
