"""How tasks get on, in figures whose cost does not grow with the history: a fixed number of statements, of each of
which it is known how many rows it looks at most."""

from .attempts import AttemptKind, Attempts, latest_attempts
from .buckets import Bucket, Throughput
from .crew import Crew, RunningStep, WorkerAtWork, crew
from .figures import Figures, figures
from .ready import ReadySteps, WaitingStep, ready_steps
from .scoped import Owners
from .states import KindCount, TaskCounts, task_counts
from .systems import FailingSystem, failing_systems, first_line
from .throughput import attempts_ended, tasks_ended

__all__ = [
    "AttemptKind",
    "Attempts",
    "Bucket",
    "Crew",
    "FailingSystem",
    "Figures",
    "KindCount",
    "Owners",
    "ReadySteps",
    "RunningStep",
    "TaskCounts",
    "Throughput",
    "WaitingStep",
    "WorkerAtWork",
    "attempts_ended",
    "crew",
    "failing_systems",
    "figures",
    "first_line",
    "latest_attempts",
    "ready_steps",
    "task_counts",
    "tasks_ended",
]
