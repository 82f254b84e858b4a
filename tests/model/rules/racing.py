"""Two threads at once, each with what it does, and with a meeting before their commits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask_tasker.engine import Sweep
from tests.model.errand import Errand, errands_of
from tests.model.faults import Pause, Plan
from tests.model.rules.history import Move, suffered
from tests.model.rules.operating import Operating, Order
from tests.model.rules.passing import Passing
from tests.model.rules.stepwise import Stepwise
from tests.model.rules.working import Working

Action = Callable[[], object]


class Racing(Operating, Passing, Stepwise, Working):
    """Real threads on a real database. Which one is first, nobody decides."""

    def moves(self) -> list[Move]:
        """Two at once."""
        races = [Move(2, self.race_with_an_operator), Move(2, self.race_of_work)]
        races += [Move(1, self.race_for_the_same_steps)] if self.world.sent else []
        races += [Move(2, self.race_for_one_step)] if self.due() else []
        races += [Move(12, self.race_to_the_record)] if self._shared() else []
        return [*super().moves(), *races]

    def race_for_the_same_steps(self) -> None:
        """Each step is claimed by one of them."""
        message = self.message()
        wanted = self.chunk(message) if self.flip("with all others") else message
        self._race(self.working(wanted), self.working(wanted), self.plan())

    def race_to_the_record(self) -> None:
        """The last two that run of one task end at the same time: as often as not both parents of a child, or both ends
        of the task."""
        task_id = self.pick(self._shared(), "task")
        if self.flip("just after a sweep"):
            self.act(self.sweeping())
            self.missable = False
        process, due = self.world.process(), [message for message in self.due() if message.task_id == task_id]
        if due:
            self.act(lambda: self.errands.extend(errands_of(process, self.chunk(due[0]))))
        standing = self._standing(task_id)
        for errand in standing[:-2]:
            self.act(self.finishing(errand))
        if len(standing) > 1:
            self._race(self.finishing(standing[-2]), self.finishing(standing[-1]), self.plan())

    def race_with_an_operator(self) -> None:
        """A worker or the sweep, or another operator."""
        order, other = self.order(), self.order()
        against = self.obeying(other) if self.flip("two operators") else self._any_work()
        self._race(against, self.obeying(order), self.plan())
        self._left_nothing_if_refused(order)
        self._left_nothing_if_refused(other)

    def race_for_one_step(self) -> None:
        """A worker would claim what an operator speaks of."""
        message, order = self.pick(self.due(), "message"), self.step_order()
        order.step_id = message.steps[0].step_id
        self._race(self.working(message), self.obeying(order), self.plan())
        self._left_nothing_if_refused(order)

    def race_of_work(self) -> None:
        """Any two that work."""
        first: Errand | None = self.pick(self.errands, "errand") if self.errands else None
        action = self.pulling() if first is None else self.finishing(first)
        self._race(action, self._any_work(but=first), self.plan())

    def _left_nothing_if_refused(self, order: Order) -> None:
        assert not (order.refused and order.lines(self.after())), f"refused, and yet it left lines: {order}"

    def _standing(self, task_id: int) -> list[Errand]:
        """Errands in a task whose leases stand."""
        steps, mine = self.after().steps, [errand for errand in self.errands if errand.step.task_id == task_id]
        return [errand for errand in mine if errand.step.token == steps[errand.step.step_id].lease_token]

    def _shared(self) -> list[int]:
        """Tasks of which at least two steps are in hand, or could be."""
        due = Counter(message.task_id for message in self.due())
        return [task_id for task_id in self.rows.tasks if len(self._standing(task_id)) + due[task_id] > 1]

    def _any_work(self, *, but: Errand | None = None) -> Action:
        free = [errand for errand in self.errands if errand is not but]
        actions: list[Action] = [self.sweeping(), self.pulling()]
        actions += [self.working(self.message())] if self.world.sent else []
        actions += [self.finishing(self.pick(free, "errand"))] if free else []
        return self.pick(actions, "work")

    def _race(self, first: Action, second: Action, plan: Plan | None) -> None:
        if self.flip("the other way round"):
            first, second = second, first
        # Who frees an ended lease does not look again after the commit.
        self.missable = self.missable or plan is not None or isinstance(first, Sweep) or isinstance(second, Sweep)
        self.raced = True
        start, over = threading.Barrier(2), threading.Event()
        statement = self.chance.one_of([*[0] * 12, *range(1, 25)], "the first stands still before statement")
        # Either it stands still somewhere while the other does everything, or they come to their commits together.
        pause, meeting = (Pause(statement, over), None) if statement else (None, start)

        def run(action: Action, mine: Plan | None, mine_pauses: Pause | None) -> None:
            start.wait()
            with self.world.faults.planned(mine, meeting=meeting, pause=mine_pauses):
                suffered(action, mine)

        def run_through() -> None:
            try:
                run(second, None, None)
            finally:
                over.set()

        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(run, first, plan, pause), pool.submit(run_through)]
        self.act(lambda: [future.result() for future in running])
