"""Operators and workers at the same rows at the same moment never make an illegal state."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest

from flask_tasker import NO_RETRY, PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.errors import NotAllowedError
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal, assert_parents_first
from tests.reliability.moments import AT_ONCE

PARENTS = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["d"]}
STEP_VERBS = ("cancel", "skip", "resolve", "retry")
TASK_VERBS = ("cancel", "retry", "resolve")


def racing(seed: int) -> type[TaskHandler[Any]]:
    """A diamond and a tail, whose steps fail by chance."""
    chance = random.Random(seed)

    def sometimes(run: StepRun) -> str:
        drawn = chance.random()
        if drawn < 0.15:
            raise PermanentError("by chance")
        if drawn < 0.3:
            raise ConnectionError("by chance")
        return run.name

    @task_handler("racing")
    class Racing(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def a(self, run: StepRun) -> str:
            return sometimes(run)

        @step(depends_on=a, retry=NO_RETRY)
        def b(self, run: StepRun) -> str:
            return sometimes(run)

        @step(depends_on=a, retry=Retry(limit=2, backoff=AT_ONCE))
        def c(self, run: StepRun) -> str:
            return sometimes(run)

        @step(depends_on=[b, c], transactional=True, retry=Retry(limit=2, backoff=AT_ONCE))
        def d(self, run: StepRun) -> str:
            return sometimes(run)

        @step(depends_on=d, retry=NO_RETRY)
        def e(self, run: StepRun) -> str:
            return sometimes(run)

    return Racing


def meddle(lab: Lab, tasks: list[int], seed: int, faults: list[BaseException]) -> None:
    """Do something by chance, again and again; being refused is no fault."""
    chance = random.Random(seed)
    steps = {task_id: [step.step_id for step in lab.task(task_id).steps.values()] for task_id in tasks}
    for _ in range(80):
        task_id = chance.choice(tasks)
        try:
            if chance.random() < 0.2:
                getattr(lab.operations, f"{chance.choice(TASK_VERBS)}_task")(task_id, actor="task verb")
            else:
                verb = chance.choice(STEP_VERBS)
                getattr(lab.operations, f"{verb}_step")(chance.choice(steps[task_id]), actor=f"{verb} verb")
        except NotAllowedError:
            continue
        except BaseException as error:
            faults.append(error)


@pytest.mark.parametrize("seed", [1, 2])
def test_operators_that_race_with_workers_never_make_an_illegal_state(postgres_lab: Lab, seed: int) -> None:
    lab, handler, faults = postgres_lab, racing(seed), list[BaseException]()
    tasks = [lab.start(handler) for _ in range(20)]
    meddlers = [threading.Thread(target=meddle, args=(lab, tasks, seed * 10 + n, faults)) for n in range(3)]

    with lab.working(threads=4):
        for meddler in meddlers:
            meddler.start()
        for meddler in meddlers:
            meddler.join(60)
        eventually(lambda: lab.open_tasks == 0)

    assert faults == []
    found = [lab.task(task_id) for task_id in tasks]
    assert "in_progress" not in {status for task in found for status in task.statuses.values()}
    for task in found:
        assert_legal(task)


@pytest.mark.parametrize("verb", ["cancel", "skip", "resolve"])
def test_a_child_of_two_steps_that_end_at_the_same_moment_is_missed_by_neither(postgres_lab: Lab, verb: str) -> None:
    """One parent ends in a worker, the other by an operator: whoever is last frees the child."""
    lab, handler = postgres_lab, racing(0)
    quiet = [lab.start(handler) for _ in range(15)]
    for task_id in quiet:
        lab.operations.resolve_step(lab.task(task_id)["a"].step_id, actor="ann")
    steps = [lab.task(task_id)["b"].step_id for task_id in quiet]
    faults: list[BaseException] = []

    def end_all() -> None:
        for step_id in steps:
            try:
                getattr(lab.operations, f"{verb}_step")(step_id, actor="ann")
            except NotAllowedError:
                continue
            except BaseException as error:
                faults.append(error)

    operator = threading.Thread(target=end_all)
    with lab.working(threads=3):
        operator.start()
        operator.join(60)
        eventually(lambda: lab.open_tasks == 0)

    assert faults == []
    for task_id in quiet:
        task = lab.task(task_id)
        assert_legal(task)
        assert_parents_first(task, PARENTS)
