"""The figures that a process keeps: counters and histograms, by the names of tasks and steps.

Names and units follow "Prometheus, Metric and label naming". Names of tasks and steps come from code, so that there are
as many series as there are handlers and steps; nothing that a client sends becomes a label.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400)
"""From a step that does nothing to a task that waits for a day."""

_TASK: Final = ("task",)
_STEP: Final = ("task", "step")


class Families:
    """All figures of one app in this process, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.tasks = self._counter("tasker_tasks", "Tasks by what became of them.", *_TASK, "outcome")
        self.task_seconds = self._histogram(
            "tasker_task_duration_seconds", "From a task's creation to its end.", *_TASK, "outcome"
        )
        self.attempts = self._counter("tasker_attempts", "Steps that were claimed.", *_STEP)
        self.waiting = self._histogram(
            "tasker_step_waiting_seconds", "From when a step was due to when it was claimed.", *_STEP
        )
        self.steps = self._counter("tasker_steps", "Attempts and steps by what became of them.", *_STEP, "outcome")
        self.step_seconds = self._histogram("tasker_step_duration_seconds", "How long a step's handler ran.", *_STEP)
        self.claims_lost = self._counter("tasker_claims_lost", "Steps of a message that were not to be had.", *_TASK)
        self.refused = self._counter("tasker_results_refused", "Outcomes that came too late to be written.", *_STEP)
        self.sweeps = self._counter("tasker_sweeps", "How often workers looked for what nobody works on.")
        self.mended = self._counter("tasker_sweep_mended", "Steps and tasks that a sweep had to help along.")
        self.messages_lost = self._counter("tasker_messages_lost", "Messages that the broker did not take.")
        self.statements = self._counter("tasker_database_statements", "Statements that the engine ran.")

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, registry=self.registry, buckets=SECONDS)
