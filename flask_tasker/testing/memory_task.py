"""A task that lives in memory: what its steps see, and where each of them stands."""

from __future__ import annotations

import copy
from typing import Any

from ..handlers import HandlerDefinition, StepRun, StepSequence, StepView, TaskRequest, TaskView
from ..lifecycle import DONE_STEP, StepStatus, initial_statuses
from .report import StepReport


class MemoryTask:
    """A task without rows. ``reports`` says how its steps stand; everything else is read from there."""

    task_id = 1

    def __init__(self, definition: HandlerDefinition, request: TaskRequest) -> None:
        self.definition = definition
        self.request = request
        statuses = initial_statuses(definition.graph.templates, request.bypass_steps)
        self.reports = {name: StepReport(status=status) for name, status in statuses.items()}
        self.numbers = {name: number for number, name in enumerate(statuses, start=1)}
        self._children: dict[str, list[str]] = {name: [] for name in statuses}
        for name, parents in definition.graph.parents.items():
            for parent in parents:
                self._children[parent].append(name)

    @property
    def all_done(self) -> bool:
        """Whether nothing is left to do."""
        return all(report.status in DONE_STEP for report in self.reports.values())

    def ready_steps(self) -> list[str]:
        """The steps that can run."""
        return [name for name in self.reports if self._is_ready(name)]

    def ready_children(self, name: str) -> list[str]:
        """The steps that can run now that ``name`` is done."""
        return [child for child in self._children[name] if self._is_ready(child)]

    def step_run(self, name: str, attempt: int) -> StepRun[Any]:
        """What an attempt of ``name`` sees."""
        graph = self.definition.graph
        return StepRun(
            context=self.definition.context_schema.load(self._context()),
            inputs=self._context(),
            attempt=attempt,
            task_id=self.task_id,
            step_id=self.numbers[name],
            name=name,
            task=self.view(),
            sequence=self.sequence(),
            parents=graph.parents[name],
            ancestors=lambda: graph.ancestors(name),
            load_result=lambda earlier: copy.deepcopy(self.reports[earlier].results),
        )

    def view(self) -> TaskView:
        """The task as handlers see it."""
        return TaskView(
            task_id=self.task_id,
            name=self.request.name,
            context=self._context(),
            initiator=self.request.initiator,
            source_system=self.request.source_system,
            reason=self.request.reason,
            tags=self.request.tags,
            correlation_id=self.request.correlation_id,
        )

    def sequence(self) -> StepSequence:
        """All steps as they stand when first looked at."""
        return StepSequence(lambda: [self.step_view(name) for name in self.reports])

    def step_view(self, name: str) -> StepView:
        """One step as it stands."""
        report = self.reports[name]
        return StepView(
            name=name,
            status=report.status,
            attempts=report.attempts,
            results=copy.deepcopy(report.results),
            error=report.error,
            step_id=self.numbers[name],
            parents=self.definition.graph.parents[name],
        )

    def _is_ready(self, name: str) -> bool:
        parents = self.definition.graph.parents[name]
        return self.reports[name].status is StepStatus.PENDING and all(
            self.reports[parent].status in DONE_STEP for parent in parents
        )

    def _context(self) -> dict[str, Any]:
        # Every attempt reads its own copy, as it would from the database.
        return copy.deepcopy(dict(self.request.context))
