"""The invariants, asked of the rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import pairwise

from flask_tasker.lifecycle import (
    DONE_STEP,
    OPEN_STEP,
    PROCESSED_STEP,
    STEP_TRANSITIONS,
    TASK_TRANSITIONS,
    StepStatus,
    TaskStatus,
)
from flask_tasker.lifecycle.verbs import CLOSED_TASK
from tests.model.rows import Rows, StepEntry, StepRow, TaskRow

STEP_MOVES = {(source, target) for _, source, target in STEP_TRANSITIONS}
TASK_MOVES = {(source, target) for _, source, target in TASK_TRANSITIONS}

GIVEN_BACK = "the worker stopped before the step began"


def histories_tell_one_legal_path(rows: Rows) -> None:
    """From pending, by moves of the transition tables, to where the row stands."""
    for step_id, lines in rows.step_histories().items():
        stands = StepStatus.PENDING.value
        for line in lines:
            assert line.from_status == stands, f"step {step_id} was {stands}: {line}"
            assert (line.from_status, line.to_status) in STEP_MOVES, f"no such move of a step: {line}"
            stands = line.to_status
        assert rows.steps[step_id].status == stands, f"{rows.steps[step_id]} has a history that ends in {stands}"
    for task_id, entries in rows.task_histories().items():
        stands = TaskStatus.PENDING.value
        for entry in entries:
            assert entry.from_status == stands, f"task {task_id} was {stands}: {entry}"
            assert (entry.from_status, entry.to_status) in TASK_MOVES, f"no such move of a task: {entry}"
            stands = entry.to_status
        assert rows.tasks[task_id].status == stands, f"{rows.tasks[task_id]} has a history that ends in {stands}"


def each_claim_is_recorded_once(rows: Rows) -> None:
    """A record carries the token of the claim before it; no token claims a step twice, and none is recorded twice."""
    for lines in rows.step_histories().values():
        claims = Counter(line.lease_token for line in lines if line.is_claim)
        records = Counter(line.lease_token for line in lines if line.is_record)
        assert None not in claims, f"a claim without a token: {lines}"
        assert max([*claims.values(), *records.values()], default=0) <= 1, f"a token was used twice: {lines}"
        for before, line in pairwise(lines):
            assert not line.is_record or line.lease_token == before.lease_token, f"recorded under a false token: {line}"


def attempts_are_the_claims_that_count(rows: Rows, given_back: Collection[tuple[int, str]]) -> None:
    """Claims since the last operator's retry, without those given back before the handler started."""
    for step_id, lines in rows.step_histories().items():
        attempts = 0
        for line in lines:
            attempts = _attempts_after(line, attempts, given_back)
            assert line.is_retry or line.attempt == attempts, f"step {step_id} is at attempt {attempts}: {line}"
        assert rows.steps[step_id].attempts == attempts, f"{attempts} attempts count: {rows.steps[step_id]}, {lines}"


def _attempts_after(line: StepEntry, attempts: int, given_back: Collection[tuple[int, str]]) -> int:
    if line.is_retry:
        return 0
    if line.is_claim:
        return attempts + 1
    if line.is_record and (line.workflow_step_id, str(line.lease_token)) in given_back:
        return _attempts_after_giving_back(line, attempts)
    return attempts


def _attempts_after_giving_back(line: StepEntry, attempts: int) -> int:
    if line.to_status == StepStatus.CANCELLED and line.attempt == attempts - 1:
        return attempts - 1
    # Whoever gave it back may have been too late: then the end of the lease is what was recorded.
    return attempts - 1 if line.reason == GIVEN_BACK else attempts


def no_child_was_claimed_before_its_parents_were_done(rows: Rows) -> None:
    """By the order of the history: what is done stays done."""
    done_at = {
        line.workflow_step_id: line.workflow_step_transition_id
        for line in rows.step_entries
        if line.to_status in DONE_STEP
    }
    for line in rows.step_entries:
        for parent in rows.parents.get(line.workflow_step_id, ()) if line.is_claim else ():
            assert done_at.get(parent, math.inf) < line.workflow_step_transition_id, (
                f"step {line.workflow_step_id} was claimed while its parent {parent} was open: {line}"
            )


def rows_fit_their_states(rows: Rows) -> None:
    """What CHECK constraints say of one row, and what they cannot say of several."""
    for step in rows.steps.values():
        running = step.status == StepStatus.IN_PROGRESS
        assert running == (step.lease_token is not None) == (step.leased_until is not None), step
        assert step.next_attempt_at is None or step.status in (StepStatus.PENDING, StepStatus.ERROR), step
        assert step.results is None or step.status in PROCESSED_STEP, step
        assert step.next_attempt_at is None or _parents_done(rows, step), f"marked ready too early: {step}"
    for task in rows.tasks.values():
        _fits(task.status, rows.steps_of(task.task_id), rows)


def _fits(status: str, steps: list[StepRow], rows: Rows) -> None:
    if status == TaskStatus.COMPLETE:
        assert all(step.status in DONE_STEP for step in steps), f"complete, with open steps: {steps}"
    if status in (TaskStatus.ERROR, TaskStatus.RESOLVED_MANUALLY):
        assert not any(_can_run(rows, step) for step in steps), f"{status}, and yet a step can run: {steps}"
        assert any(step.status == StepStatus.ERROR for step in steps), f"{status}, and no step failed: {steps}"
    if status == TaskStatus.CANCELLED:
        assert not any(step.status in (StepStatus.PENDING, StepStatus.ERROR) for step in steps), steps
        running = [step for step in steps if step.status == StepStatus.IN_PROGRESS]
        assert all(step.cancel_requested_at is not None for step in running), f"not asked to stop: {running}"


def tasks_are_in_progress_from_the_first_claim_on(rows: Rows) -> None:
    """Not earlier, and not later."""
    claimed = {rows.steps[line.workflow_step_id].task_id for line in rows.step_entries if line.is_claim}
    for entries in rows.task_histories().values():
        for entry in entries:
            begins = (entry.from_status, entry.to_status) == (TaskStatus.PENDING, TaskStatus.IN_PROGRESS)
            assert not begins or entry.task_id in claimed, f"in progress, though nothing was claimed: {entry}"
    for task_id in claimed:
        assert rows.tasks[task_id].status != TaskStatus.PENDING, f"pending, though claimed: {rows.steps_of(task_id)}"


def _can_run(rows: Rows, step: StepRow) -> bool:
    waits = step.status == StepStatus.PENDING and _parents_done(rows, step)
    return waits or step.next_attempt_at is not None or step.leased_until is not None


def _parents_done(rows: Rows, step: StepRow) -> bool:
    return all(rows.steps[parent].status in DONE_STEP for parent in rows.parents.get(step.workflow_step_id, ()))


def handlers_ran_as_recorded(rows: Rows, calls: Mapping[int, int]) -> None:
    """At most once a claim, at least once where the step is complete; in the transactional ledger exactly once."""
    for step_id, lines in rows.step_histories().items():
        step, claims = rows.steps[step_id], sum(line.is_claim for line in lines)
        assert calls.get(step_id, 0) <= claims, f"{calls[step_id]} calls, {claims} claims: {step}"
        if step.status == StepStatus.COMPLETE:
            assert step.results["attempt"] == step.attempts, f"another attempt's results: {step}"
            assert calls.get(step_id, 0) >= 1, f"complete, and never called: {step}"
    for step_id, count in rows.ledger.items():
        assert count == 1, f"{count} entries in the ledger: {rows.steps[step_id]}"
        assert rows.steps[step_id].status == StepStatus.COMPLETE, f"in the ledger: {rows.steps[step_id]}"


def the_ledger_has_every_completed_step(rows: Rows, transactional: Collection[int]) -> None:
    """What a transactional step wrote is there if its result is."""
    for step_id in transactional:
        if rows.steps[step_id].status == StepStatus.COMPLETE:
            assert rows.ledger.get(step_id) == 1, f"complete, and not in the ledger: {rows.steps[step_id]}"


def closed_tasks_stay_as_they_were(before: Rows, after: Rows) -> None:
    """Of a cancelled, complete or resolved task nothing is claimed, and nothing changes but steps that still run."""
    for task in before.tasks.values():
        if task.status not in CLOSED_TASK:
            continue
        assert after.tasks[task.task_id].status == task.status, f"{task} became {after.tasks[task.task_id]}"
        for step in before.steps_of(task.task_id):
            now = after.steps[step.workflow_step_id]
            if step.status == StepStatus.IN_PROGRESS:
                assert now.attempts <= step.attempts, f"claimed in a closed task: {now}"
                assert now.status in (StepStatus.IN_PROGRESS, StepStatus.CANCELLED), f"asked to stop: {now}"
            else:
                assert now == step, f"{step} of a {task.status} task became {now}"


def nothing_was_tried_before_its_time(before: Rows, after: Rows, now: datetime) -> None:
    """A step that waits for a retry is not claimed earlier, unless an operator says so."""
    known = {step_id: len(lines) for step_id, lines in before.step_histories().items()}
    for step_id, lines in after.step_histories().items():
        new, step = lines[known.get(step_id, 0) :], before.steps.get(step_id)
        if new and step is not None and step.next_attempt_at is not None and step.next_attempt_at > now:
            assert not new[0].is_claim, f"due at {step.next_attempt_at}, claimed at {now}: {new[0]}"


def missed(rows: Rows) -> list[StepRow | TaskRow]:
    """What only the sweep would find: steps that can run and are not marked ready, tasks that have ended and are open.

    Where nobody died there is none: each open task goes on by itself.
    """
    waiting = [step for task in rows.open_tasks() for step in rows.steps_of(task.task_id) if _waits(step)]
    stalled = [
        task for task in rows.open_tasks() if not any(_can_run(rows, step) for step in rows.steps_of(task.task_id))
    ]
    return [*(step for step in waiting if _parents_done(rows, step)), *stalled]


def _waits(step: StepRow) -> bool:
    return step.status == StepStatus.PENDING and step.next_attempt_at is None


def every_task_is_at_rest(rows: Rows) -> None:
    """Final or in error, with no lease left and nothing due."""
    assert not rows.open_tasks(), (
        f"never came to rest: {[(task, rows.steps_of(task.task_id)) for task in rows.open_tasks()]}"
    )
    for step in rows.steps.values():
        assert step.leased_until is None, f"a lease is left: {step}"
        assert step.next_attempt_at is None, f"something is due: {step}"
        closed = rows.tasks[step.task_id].status in (TaskStatus.COMPLETE, TaskStatus.CANCELLED)
        assert not closed or step.status not in OPEN_STEP, f"open, in a task that is over: {step}"
