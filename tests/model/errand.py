"""A claimed step in a worker's hand, taken from phase to phase: between any two, anything may happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_tasker.engine import Runtime
from flask_tasker.engine.advance import Advance
from flask_tasker.engine.claiming import claim_all, known_handler, message_for
from flask_tasker.engine.execute import execute
from flask_tasker.engine.outbox import send_now
from flask_tasker.engine.record import OUTLAST_SECONDS, Recorded, Recording, after_commit, recording_of
from flask_tasker.engine.transactional import run_transactional
from flask_tasker.handlers import HandlerDefinition
from flask_tasker.lifecycle import GivenBack, Outcome, StepMessage
from flask_tasker.store.claims import ClaimedStep, TaskFacts


class Phase(StrEnum):
    """How far an errand is."""

    CLAIMED = "claimed"
    ATTEMPTED = "attempted"
    DECIDED = "decided"
    RECORDED = "recorded"
    OVER = "over"


@dataclass(eq=False)
class Errand:
    """One attempt of one step, by one process."""

    runtime: Runtime
    definition: HandlerDefinition
    facts: TaskFacts
    step: ClaimedStep
    phase: Phase = Phase.CLAIMED
    outcome: Outcome | None = None
    recording: Recording | None = None
    recorded: Recorded | None = None

    def __repr__(self) -> str:
        return (
            f"<errand {self.step.name} of task {self.step.task_id}, attempt {self.step.attempt.number}, {self.phase}>"
        )

    @property
    def key(self) -> tuple[int, str]:
        """The step, and the token of its claim."""
        return self.step.step_id, str(self.step.token)

    @property
    def is_given_back(self) -> bool:
        """Whether the handler was not started."""
        return isinstance(self.outcome, GivenBack)

    def go_on(self) -> list[Errand]:
        """Do the next phase, as ``work`` does it; gives back the errand that a continued chain makes of it, if any."""
        if self.phase is Phase.CLAIMED and self._is_transactional:
            self.phase = Phase.OVER
            self.outcome, advance = run_transactional(self.runtime, self.definition, self.facts, self.step, {})
            return self._follow(advance)
        if self.phase is Phase.CLAIMED:
            self.outcome = execute(self.runtime, self.definition, self.facts, self.step, {})
            self.phase = Phase.ATTEMPTED
        elif self.phase is Phase.ATTEMPTED:
            self.decide()
        elif self.phase is Phase.DECIDED:
            self.recorded = self.commit()
            self.phase = Phase.RECORDED
        elif self.phase is Phase.RECORDED and self.recording is not None:
            self.phase = Phase.OVER
            return self._follow(after_commit(self.recording, self.recorded))
        return []

    def decide(self) -> None:
        """Everything before the record's transaction."""
        assert self.outcome is not None
        self.recording = recording_of(self.runtime, self.definition, self.facts, self.step, self.outcome)
        self.phase = Phase.DECIDED

    def commit(self) -> Recorded | None:
        """The record's transaction, whose answer the errand does not take in: left at that, it was lost."""
        assert self.recording is not None
        try:
            return self.runtime.database.transaction(self.recording, outlast=OUTLAST_SECONDS)
        finally:
            self.runtime.holdings.drop(self.step)

    @property
    def _is_transactional(self) -> bool:
        return self.definition.graph.template(self.step.name).transactional

    def _follow(self, advance: Advance) -> list[Errand]:
        messages = [message_for(self.definition, self.facts.task_id, other) for other in advance.others]
        send_now(self.runtime.send, messages)
        return [Errand(self.runtime, self.definition, self.facts, child) for child in advance.here]


def errands_of(runtime: Runtime, message: StepMessage) -> list[Errand]:
    """Claim the steps of ``message``, and do nothing with them yet."""
    definition = known_handler(runtime, message)
    if definition is None:
        return []
    facts, claimed = claim_all(runtime, [message])[0]
    return [] if facts is None else [Errand(runtime, definition, facts, step) for step in claimed]
