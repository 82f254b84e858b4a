"""A handler's whole graph run in memory: no app, no database, no broker, and no waiting."""

from __future__ import annotations

import dataclasses
import heapq
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from typing_extensions import TypeVar

from ..engine.attempt import attempt
from ..handlers import Annotation, StepRun, StepTemplate, TaskHandler, storable, validated
from ..lifecycle import Attempt, StepChange, TaskStatus, decide
from .memory_task import MemoryTask
from .report import RunReport, StepReport

C = TypeVar("C", default=Mapping[str, Any])
logger = logging.getLogger(__name__)


def run_handler(
    handler_class: type[TaskHandler[C]],
    context: C | Mapping[str, Any] | None = None,
    *,
    bypass_steps: Iterable[str] = (),
    answers: Mapping[str, Any] | None = None,
) -> RunReport:
    """Run a task of ``handler_class`` to its end and say what happened.

    Steps run one after the other, parents first. A retry follows without waiting; the report has the waits. Results are
    what the database would give back: tuples as lists, and an error where they are no JSON.

    Args:
        context: checked as ``create_task`` checks it.
        bypass_steps: steps to skip, each of which must be skippable.
        answers: by the name of a step, what it returns instead of running; an exception is raised instead.

    Raises:
        InvalidRequestError: the context or ``bypass_steps`` are refused.
        UnknownStepError: ``answers`` names a step that the handler does not have.
    """
    request = handler_class.request(cast("C | None", context), bypass_steps=bypass_steps)
    definition = handler_class.definition
    canned = {name: _answering(definition.graph.template(name), answer) for name, answer in (answers or {}).items()}
    run = _Run(MemoryTask(definition, validated(request, definition)), {**definition.graph.templates, **canned})
    return run.to_end()


class _Run:
    """One task on its way to its end."""

    def __init__(self, task: MemoryTask, templates: Mapping[str, StepTemplate]) -> None:
        self._task = task
        self._templates = templates
        self._order: list[str] = []
        self._notes: dict[tuple[str, str | None], Annotation] = {}

    def to_end(self) -> RunReport:
        """Run whatever can run, by the time at which it would be due."""
        due = [(0.0, self._task.numbers[name], name) for name in self._task.ready_steps()]
        while due:
            now, number, name = heapq.heappop(due)
            change = self._try(name)
            if change.due_in is not None:
                heapq.heappush(due, (now + change.due_in, number, name))
            for child in self._task.ready_children(name) if change.done else ():
                heapq.heappush(due, (now, self._task.numbers[child], child))
        return RunReport(
            handler=self._task.request.name,
            status=TaskStatus.COMPLETE if self._task.all_done else TaskStatus.ERROR,
            steps=self._task.reports,
            order=tuple(self._order),
            annotations=tuple(self._notes.values()),
        )

    def _try(self, name: str) -> StepChange:
        before = self._task.reports[name]
        template = self._templates[name]
        number = before.attempts + 1
        run = self._task.step_run(name, number)
        outcome = attempt(self._task.definition, template, run, now=datetime.now(UTC))
        allowed = Attempt(number=number, limit=template.default_retry_limit, retryable=template.default_retryable)
        change = decide(outcome, allowed)
        again = () if change.due_in is None else (change.due_in,)
        self._task.reports[name] = StepReport(
            status=change.status,
            attempts=change.attempts,
            results=change.results,
            error=change.error,
            waits=(*before.waits, *again),
        )
        self._order += () if again else (name,)
        self._annotate(name)
        return change

    def _annotate(self, name: str) -> None:
        definition = self._task.definition
        if not definition.annotates:
            return
        try:
            step = self._task.step_view(name)
            notes = definition.annotations(self._task.view(), self._task.sequence(), [step])
            found = [_attributed(note, name) for note in notes]
            for note in found:
                definition.graph.template(note.step or name)
            self._notes |= {(note.type, note.step): note for note in found}
        except Exception:
            # As in the engine: a note that cannot be made fails nothing.
            logger.exception("update_annotations of %s failed after step %r", definition.full_name, name)


def _answering(template: StepTemplate, answer: Any) -> StepTemplate:
    def call(_handler: Any, _run: StepRun[Any]) -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return dataclasses.replace(template, call=call)


def _attributed(note: Annotation, step: str) -> Annotation:
    data = storable(dict(note.data), f"annotation {note.type!r}")
    return Annotation(note.type, data, note.step if note.step is not None else step)
