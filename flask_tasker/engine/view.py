"""What a step sees of its task: built for one attempt, read from the database only where it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ..handlers import HandlerDefinition, StepRun, StepSequence, StepView, TaskView
from ..lifecycle import StepChange
from ..store.claims import ClaimedStep, TaskFacts
from ..store.database import Database
from ..store.results import results_of, step_views
from ..store.verbs import is_asked_to_stop
from .runtime import Runtime
from .timeouts import shielded


def task_view(facts: TaskFacts) -> TaskView:
    """The task as handlers see it."""
    return TaskView(
        task_id=facts.task_id,
        name=facts.key[1],
        context=facts.context,
        initiator=facts.initiator,
        source_system=facts.source_system,
        reason=facts.reason,
        tags=facts.tags,
        correlation_id=facts.correlation_id,
    )


class Results:
    """The results of earlier steps: those just recorded here are known, others are read when asked for."""

    def __init__(self, database: Database, task_id: int, parents: tuple[str, ...], known: Mapping[str, Any]) -> None:
        self._database = database
        self._task_id = task_id
        self._parents = parents
        self._found = dict(known)

    def __call__(self, name: str) -> Any:
        """The results of the step called ``name``; the first question reads those of all parents."""
        if name not in self._found:
            missing = [parent for parent in {*self._parents, name} if parent not in self._found]
            with shielded():
                found = self._database.read(lambda connection: results_of(connection, self._task_id, missing))
            self._found.update(found)
        return self._found.get(name)


def step_run(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, known: Mapping[str, Any]
) -> StepRun[Any]:
    """What one attempt gets to see."""
    database = runtime.database
    template = definition.graph.template(step.name)
    return StepRun(
        context=definition.context_schema.load(facts.context),
        inputs=facts.context if step.inputs is None else step.inputs,
        attempt=step.attempt.number,
        task_id=step.task_id,
        step_id=step.step_id,
        name=step.name,
        task=task_view(facts),
        sequence=sequence_of(database, step.task_id),
        parents=template.parents,
        ancestors=lambda: definition.graph.ancestors(step.name),
        asked_to_stop=partial(_is_asked_to_stop, database, step.step_id),
        lease_lost=lambda: runtime.holdings.is_lost(step),
        load_result=Results(database, step.task_id, template.parents, known),
    )


def _is_asked_to_stop(database: Database, step_id: int) -> bool:
    with shielded():
        return database.read(lambda connection: is_asked_to_stop(connection, step_id))


def sequence_of(database: Database, task_id: int, *, changed: StepView | None = None) -> StepSequence:
    """The steps of a task as they stand, with one change that is not yet recorded."""

    def load() -> list[StepView]:
        with shielded():
            views = database.read(lambda connection: step_views(connection, task_id))
        if changed is None:
            return views
        return [replace(changed, parents=view.parents) if view.name == changed.name else view for view in views]

    return StepSequence(load)


def changed_view(step: ClaimedStep, change: StepChange) -> StepView:
    """The step as it will stand once ``change`` is recorded."""
    return StepView(
        name=step.name,
        status=change.status,
        attempts=change.attempts,
        results=change.results,
        error=change.error,
        step_id=step.step_id,
    )
