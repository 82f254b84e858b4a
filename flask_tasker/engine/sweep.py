"""The sweep: five questions of open work, so that whatever died, every task goes on.

Ready steps that nobody claimed and due retries are the backlog's two (``backlog.py``); here are the other three: ended
leases, children whose parents are done but which are not marked ready, and open tasks in which nothing can run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter

from ..store.children import mark_ready
from ..store.sweeping import missed_children, open_tasks, stalled_tasks
from .announcing import announce_end
from .bystander import bystander
from .reclaim import reclaim_ended
from .runtime import Runtime
from .telling import tell_of

PAGE = 500


@dataclass
class Sweep:
    """Asks the questions; remembers how far it has paged through the open tasks."""

    runtime: Runtime
    _after: int = 0

    def __call__(self) -> int:
        """Ask all three, mend, and give back how many steps and tasks were mended."""
        return self.reclaim() + self.mend_all()

    def reclaim(self) -> int:
        """Free the steps whose lease has ended, however many."""
        freed = 0
        while page := reclaim_ended(self.runtime):
            freed += page
        return freed

    def mend_page(self) -> int:
        """Ask for missed children and the end in the next page of open tasks; gives back how many were mended."""
        database = self.runtime.database
        page = database.read(lambda connection: open_tasks(connection, after=self._after, limit=PAGE))
        self._after = page[-1] if len(page) == PAGE else 0
        return self._free_missed_children(page) + self._settle_stalled_tasks(page) if page else 0

    def mend_all(self, *, between: Callable[[], object] = lambda: None) -> int:
        """The same for all pages: a worker has died, and may have left something between two commits.

        ``between`` is called after each page: with many open tasks this takes a while.
        """
        self._after = 0
        mended = self.mend_page()
        while self._after:
            between()
            mended += self.mend_page()
        return mended

    def _free_missed_children(self, page: Sequence[int]) -> int:
        database = self.runtime.database
        missed = database.read(lambda connection: missed_children(connection, page))
        by_task = groupby(missed, key=itemgetter(0))
        return sum(self._mark(task_id, [step_id for _, step_id in steps]) for task_id, steps in by_task)

    def _mark(self, task_id: int, step_ids: Sequence[int]) -> int:
        database = self.runtime.database
        marked = database.transaction(lambda connection: mark_ready(connection, database.clock, step_ids))
        tell_of(self.runtime, task_id, marked)
        return len(marked)

    def _settle_stalled_tasks(self, page: Sequence[int]) -> int:
        database = self.runtime.database
        stalled = database.read(lambda connection: stalled_tasks(connection, page))
        return sum(self._settle(task_id) for task_id in stalled)

    def _settle(self, task_id: int) -> int:
        """Settle a task, if nobody has meanwhile; gives back whether something was done, or is to be asked again."""
        ending = self.runtime.database.transaction(partial(bystander(self.runtime, task_id).settle, sees_all=True))
        announce_end(self.runtime, None, task_id, ending.settled)
        tell_of(self.runtime, task_id, ending.freed)
        return int(bool(ending.settled or ending.freed or ending.undecided))
