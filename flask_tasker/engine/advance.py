"""Advance: after a record, which children are ready now, and has the task come to its end?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..lifecycle import StepRef, TaskStatus, settled
from ..store.children import Child, mark_ready, ready_among, unmarked_ready, waiting_children
from ..store.claims import ClaimedStep, Lease, claim_child
from ..store.clock import Clock
from ..store.settlement import Settled, lock_task, settle_task, task_outlook, waiting_steps_of


@dataclass(frozen=True, kw_only=True)
class Advance:
    """What follows from a record.

    Attributes:
        here: children claimed in the same transaction, to be run by this worker now.
        others: children marked ready, for whoever takes their messages.
        look_again: whether what was seen may be out of date once the transaction is committed: a child with several
            parents that waits for another one, or an end that another worker may have reached at the same moment.
        settled: the end of the task, where this was it.
        discarded: whether the step was asked to stop, and what it returned counts for nothing.
    """

    here: Sequence[ClaimedStep] = ()
    others: Sequence[StepRef] = ()
    look_again: bool = False
    settled: Settled | None = None
    discarded: bool = False


@dataclass(frozen=True, kw_only=True)
class Advancer:
    """How to go on in one task: under which lease, and which children this worker may claim itself."""

    clock: Clock
    task_id: int
    actor: str
    lease: Callable[[], Lease]
    may_run: Callable[[str], bool]

    def after(self, connection: sa.Connection, step_id: int, *, done: bool, sees_all: bool) -> Advance:
        """Claim or mark the ready children of ``step_id``; where there are none, settle the task if it has ended.

        ``sees_all`` tells the second look, after the commit, which holds no locks yet, from the first, inside the
        record's transaction, which may miss what others have not committed. SQLite has one writer at a time: there the
        first misses nothing.
        """
        waiting = waiting_children(connection, step_id) if done else []
        ready = self._ready(connection, waiting)
        here = self._claim_one(connection, ready)
        rest = [child.step_id for child in ready if all(child.step_id != claimed.step_id for claimed in here)]
        others = mark_ready(connection, self.clock, rest)
        held_back = len(ready) < len(waiting)
        if here or others or (held_back and not sees_all):
            return Advance(here=here, others=others, look_again=held_back and not sees_all)
        ending = self.settle(connection, sees_all=sees_all)
        may_miss = (held_back or ending.running or ending.undecided) and not sees_all
        return Advance(others=ending.freed, look_again=may_miss, settled=ending.settled)

    def settle(self, connection: sa.Connection, *, sees_all: bool) -> Ending:
        """Settle the task if nothing of it can run any more."""
        outlook = task_outlook(connection, self.task_id)
        target = settled(any_can_run=outlook.any_can_run, all_done=not outlook.any_open)
        if target is None:
            return Ending(running=outlook.running)
        if target is TaskStatus.ERROR and (freed := self._mark_missed(connection)):
            return Ending(running=False, freed=freed)
        source = lock_task(connection, self.task_id, wait=sees_all)
        if source is None:
            return Ending(running=False, undecided=not sees_all)
        # Under the lock, and with a snapshot that is younger than it: an operator may have reopened a step meanwhile.
        if task_outlook(connection, self.task_id) != outlook:
            return Ending(running=False, undecided=True)
        ended = settle_task(
            connection, self.clock, task_id=self.task_id, source=source, target=target, actor=self.actor
        )
        return Ending(running=False, settled=ended)

    def _ready(self, connection: sa.Connection, waiting: Sequence[Child]) -> list[Child]:
        joins = [child for child in waiting if child.parents > 1]
        if not joins:
            return list(waiting)
        free = {child.step_id for child in ready_among(connection, self.task_id, joins)}
        return [child for child in waiting if child.parents == 1 or child.step_id in free]

    def _claim_one(self, connection: sa.Connection, ready: Sequence[Child]) -> list[ClaimedStep]:
        for child in ready:
            if self.may_run(child.name):
                claimed = claim_child(connection, self.clock, step_id=child.step_id, lease=self.lease())
                return [] if claimed is None else [claimed]
        return []

    def _mark_missed(self, connection: sa.Connection) -> Sequence[StepRef]:
        """Mark steps that are ready after all: a parent was recorded since we looked, or by a worker that died."""
        missed = unmarked_ready(connection, page=waiting_steps_of(self.task_id))
        return mark_ready(connection, self.clock, [step_id for _, step_id in missed])


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What settling came to.

    Attributes:
        running: only steps of others are left.
        undecided: it must be asked again.
        freed: steps that were ready after all, now marked.
        settled: the end, where this was it.
    """

    running: bool
    undecided: bool = False
    freed: Sequence[StepRef] = ()
    settled: Settled | None = None
