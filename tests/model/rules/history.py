"""The ground of every machine: the world, what is known of it, and the invariants after every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy.exc import DBAPIError, IntegrityError

from flask_tasker import TaskHandler
from flask_tasker.engine import drain
from flask_tasker.lifecycle import StepMessage, StepRef
from flask_tasker.typing import HandlerKey
from tests.model import probes
from tests.model.chance import Chance
from tests.model.errand import Errand, Phase
from tests.model.faults import DISCONNECTING, Crash, Plan, planned_by
from tests.model.graphs import Graph
from tests.model.rows import Rows, StepRow
from tests.model.world import World

T = TypeVar("T")

DAY: Final = 86_400.0
PATIENCE: Final = 400
"""How many days a task may take to come to rest: each step its attempts, one after another, and then some."""


@dataclass(frozen=True)
class Move:
    """Something that can happen."""

    weight: int
    make: Callable[[], None]

    def __repr__(self) -> str:
        return self.make.__name__


class History(RuleBasedStateMachine):
    """One history of one world.

    Attributes:
        chance: who decides what happens.
        rows: all rows as they stood after the latest rule.
        errands: claimed steps in hand.
        given_back: the claims, by step and token, whose handler was not started.
        missable: whether something may have been missed that only the next sweep finds.
        orphaned: whether somebody died who may have held a lease.
        raced: whether two threads were at it at the same time.
        kinds: name and handler of every step, by its key.
    """

    chance: Chance

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.reset()
        self.rows = world.rows()
        self.errands: list[Errand] = []
        self.given_back: set[tuple[int, str]] = set()
        self.kinds: dict[int, tuple[str, HandlerKey]] = {}
        self.tasks = 0
        self.drawn: list[tuple[type[TaskHandler], Graph]] = []
        self.operators = 0
        self.acts = 0
        self._after: Rows | None = self.rows
        self.rested = False
        self.missable = False
        self.raced = False
        self.orphaned = False
        self._sound = True

    def happen(self, chance: Chance) -> None:
        """One of the moves, each as often as its weight says.

        They are no rules of Hypothesis's own, which leaves out about half of a machine's rules in each history: of the
        few histories that fit into a test run hardly one would have all that a fault needs to show.
        """
        self.chance = chance
        # Hypothesis likes the first of a list: it had better be what makes a history go on.
        weighty = sorted(self.moves(), key=lambda move: -move.weight)
        moves = [move for move in weighty for _ in range(move.weight)]
        chance.one_of(moves, "what happens").make()

    def moves(self) -> list[Move]:
        """What can happen now."""
        return []

    def plan(self) -> Plan | None:
        """What goes wrong, if anything does."""
        return planned_by(self.chance)

    def act(self, action: Callable[[], object], plan: Plan | None = None) -> None:
        """Let something be done, with what goes wrong at it; what a dead process raises nobody sees."""
        self._sound, self._after = False, None
        self.acts += 1
        self.missable = self.missable or plan is not None
        with self.world.faults.planned(plan):
            self.orphaned = not suffered(action, plan) or self.orphaned

    def after(self) -> Rows:
        """All rows as they stand now, read once."""
        if self._after is None:
            self._after = self.world.rows()
        return self._after

    def pick(self, among: list[T], what: str) -> T:
        """One of ``among``, the youngest first: what was just made is what most depends on it."""
        return self.chance.one_of(among[::-1], what)

    def flip(self, what: str) -> bool:
        """Yes or no."""
        return self.chance.one_of([False, True], what)

    def due(self) -> list[StepMessage]:
        """Messages of steps that can be claimed now, whether or not such were ever sent: what an idle worker reads."""
        now = self.world.clock.moment
        steps = [step for step in self.rows.steps.values() if step.next_attempt_at and step.next_attempt_at <= now]
        return [
            StepMessage(task_id=step.task_id, handler=self.kinds[step.workflow_step_id][1], steps=(_ref(step),))
            for step in steps
        ]

    def message(self) -> StepMessage:
        """One that something may come of, or any that was ever sent."""
        return self.pick([*self.world.sent, *self.due()], "message")

    def bring_to_rest(self) -> None:
        """Nothing goes wrong any more: one process works, and the days pass."""
        self._sound, self._after = False, None
        process = self.world.process()
        for _ in range(PATIENCE):
            drain(process)
            rows = self.world.rows()
            if not any(step.next_attempt_at or step.leased_until for step in rows.steps.values()):
                break
            self.world.clock.forward(DAY)
        probes.every_task_is_at_rest(self.world.rows())
        self.missable = self.orphaned = False

    @invariant()
    def all_promises_hold(self) -> None:
        """Every probe, after every rule."""
        rows = self.after()
        probes.histories_tell_one_legal_path(rows)
        probes.each_claim_is_recorded_once(rows)
        probes.attempts_are_the_claims_that_count(rows, self.given_back)
        probes.no_child_was_claimed_before_its_parents_were_done(rows)
        probes.rows_fit_their_states(rows)
        if not self.raced:
            # What makes sure of it looks at a step without locking it: an operator may come between.
            probes.tasks_are_in_progress_from_the_first_claim_on(rows)
        probes.handlers_ran_as_recorded(rows, self.world.calls)
        probes.the_ledger_has_every_completed_step(rows, self._transactional())
        probes.closed_tasks_stay_as_they_were(self.rows, rows)
        self._nothing_is_left_behind(rows)
        probes.nothing_was_tried_before_its_time(self.rows, rows, self.world.clock.moment)
        self.rows = rows
        self._sound = True

    def _nothing_is_left_behind(self, rows: Rows) -> None:
        """Unless somebody died, or a second look is yet to come."""
        missed = probes.missed(rows)
        orphans = [step for step in rows.steps.values() if step.lease_token is not None and not self._held(step)]
        looks = any(errand.phase is Phase.RECORDED for errand in self.errands)
        assert self.missable or looks or not missed, f"only the sweep would find {missed}"
        assert self.orphaned or self.raced or not orphans, f"claimed, and nobody works on {orphans}"
        self.missable, self.orphaned = self.missable and bool(missed), self.orphaned and bool(orphans)

    def _held(self, step: StepRow) -> bool:
        """Whether a claimed step is in hand, or is what a record that went unheard goes on with."""
        records = [errand.recording for errand in self.errands if errand.recording is not None]
        held = {(errand.step.step_id, errand.step.token) for errand in self.errands}
        return (step.workflow_step_id, step.lease_token) in held or any(
            record.lease.token == step.lease_token for record in records
        )

    def _transactional(self) -> list[int]:
        find = self.world.factory.find
        found = [(step_id, name, find(key)) for step_id, (name, key) in self.kinds.items()]
        return [step_id for step_id, name, kind in found if kind and kind.graph.template(name).transactional]

    def teardown(self) -> None:
        """Whatever happened: every task comes to rest."""
        # A history that has failed already is told as it is.
        if self._sound:
            self.bring_to_rest()
            self.all_promises_hold()


def _ref(step: StepRow) -> StepRef:
    return StepRef(step.workflow_step_id, step.name)


def suffered(action: Callable[[], object], plan: Plan | None) -> bool:
    """Do it, and tell whether it came to its end; a crash keeps it from that, and a connection that ``plan`` breaks."""
    try:
        action()
    except Crash:
        return False
    except DBAPIError as error:
        if isinstance(error, IntegrityError) or plan is None or plan.fault not in DISCONNECTING:
            raise
        return False
    return True
