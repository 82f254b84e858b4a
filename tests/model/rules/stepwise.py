"""Workers that are interrupted between any two phases of an attempt: paused, killed, or out of touch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Final

from flask_tasker.engine import Sweep, act_on_step
from flask_tasker.engine.reclaim import give_back
from flask_tasker.errors import NotAllowedError
from flask_tasker.lifecycle import StepMessage, StepRef, Verb
from flask_tasker.store.leases import renew_leases
from flask_tasker.store.verbs import Actor
from tests.model.errand import Errand, Phase, errands_of
from tests.model.rules.history import Move
from tests.model.rules.working import Working

LEASE_SECONDS: Final = 30.0
LONGEST_WAIT: Final = 80.0
"""Of the backoffs that graphs are drawn with."""


class Turn(StrEnum):
    """What is done with a claimed step.

    Of a record that goes unheard the worker does not learn: it will record again, and find its own token.
    """

    GONE_ON = "one phase further"
    FINISHED = "all phases that are left"
    UNHEARD = "the record is committed, and its answer is late"
    STOPPED = "somebody asks it to stop, and it is finished all the same"
    GIVEN_BACK = "the worker stops, and does not wait for the thread that has the step in hand"
    RENEWED = "a heartbeat"


class Stepwise(Working):
    """An errand that is never taken up again is a killed worker's; one taken up late is a paused worker's."""

    def moves(self) -> list[Move]:
        """A step is claimed, or something is done with one that was."""
        claims = [Move(4, self.claim)] if self.due() else []
        held = [Move(8, self.take_up), Move(2, self.take_over)] if self.errands else []
        return [*super().moves(), *claims, *held]

    def claim(self) -> None:
        """Claim, and go no further."""
        message, process = self.pick(self.due(), "message"), self.world.process()
        wanted = self.chunk(message) if self.flip("with all others") else message
        self.act(lambda: self.errands.extend(errands_of(process, wanted)), self.plan())

    def take_up(self) -> None:
        """Something is done with a claimed step."""
        errand = self.pick(self.errands, "errand")
        turn = self.chance.one_of([*Turn], "turn")
        # Neither looks again after its commit: the one not before it is heard, the other never.
        self.missable = self.missable or turn in (Turn.UNHEARD, Turn.GIVEN_BACK)
        self.act(self._turning(errand, turn), self.plan())

    def take_over(self) -> None:
        """The lease of a claimed step ends, and another process claims it, while the first still has it in hand."""
        errand, process = self.pick(self.errands, "errand"), self.world.process()
        self.world.clock.forward(LEASE_SECONDS + 1)
        self.act(Sweep(process))
        self.missable = False
        self.world.clock.forward(LONGEST_WAIT)
        again = StepMessage(
            task_id=errand.step.task_id,
            handler=errand.definition.key,
            steps=(StepRef(errand.step.step_id, errand.step.name),),
        )
        self.act(lambda: self.errands.extend(errands_of(process, again)), self.plan())

    def _turning(self, errand: Errand, turn: Turn) -> Callable[[], object]:
        if turn is Turn.GIVEN_BACK:
            return lambda: self._give_back(errand)
        if turn is Turn.RENEWED:
            return lambda: self._renew(errand)
        if turn is Turn.STOPPED:
            return lambda: self._stop(errand)
        if turn is Turn.UNHEARD:
            return lambda: self._record_unheard(errand)
        return self.finishing(errand) if turn is Turn.FINISHED else self.going_on(errand)

    def going_on(self, errand: Errand) -> Callable[[], object]:
        """Take an errand one phase further."""
        return lambda: self._go_on(errand)

    def finishing(self, errand: Errand) -> Callable[[], object]:
        """Take an errand to its end."""

        def finish() -> None:
            while errand.phase is not Phase.OVER:
                self._go_on(errand)

        return finish

    def _go_on(self, errand: Errand) -> None:
        try:
            self.errands.extend(errand.go_on())
        finally:
            if errand.is_given_back:
                self.given_back.add(errand.key)
            if errand.phase is Phase.OVER and errand in self.errands:
                self.errands.remove(errand)

    def _stop(self, errand: Errand) -> None:
        # Where its lease was lost it may be in any state by now.
        with suppress(NotAllowedError):
            act_on_step(errand.runtime, errand.step.step_id, Verb.CANCEL, actor=Actor(name="somebody"))
        self.finishing(errand)()

    def _record_unheard(self, errand: Errand) -> None:
        while errand.phase in (Phase.CLAIMED, Phase.ATTEMPTED):
            self._go_on(errand)
        if errand.phase is Phase.DECIDED:
            errand.commit()

    def _give_back(self, errand: Errand) -> None:
        for holding in errand.runtime.holdings.take_out():
            if not holding.started:
                self.given_back.add((holding.step.step_id, str(holding.step.token)))
            give_back(errand.runtime, holding)

    def _renew(self, errand: Errand) -> None:
        held, database = errand.runtime.holdings.to_renew(), errand.runtime.database
        standing = database.transaction(
            lambda connection: renew_leases(connection, database.clock, held=held, seconds=LEASE_SECONDS)
        )
        for step_id, token in held:
            assert (step_id in standing) == (self.rows.steps[step_id].lease_token == token)
        errand.runtime.holdings.mark_lost(held, standing)
