"""One round of the steps that a thread has claimed: run one after another, recorded together where they are quick."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..handlers import HandlerDefinition
from ..lifecycle import Completed, GivenBack, Outcome, StepMessage, StepRef
from ..store.claims import ClaimedStep, TaskFacts
from .advance import Advance
from .claiming import messages_for
from .execute import ANOTHERS_STEP, execute
from .outbox import send_now
from .record import recording_of
from .record_together import record_all
from .runtime import Runtime
from .transactional import run_transactional

TOOK_LONG: Final = "the steps that were claimed with it took long"


@dataclass(frozen=True, kw_only=True, eq=False)
class Turn:
    """Claimed steps of one task, and what is known of the results of its earlier ones."""

    definition: HandlerDefinition
    facts: TaskFacts
    claimed: Sequence[ClaimedStep]
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ended:
    """A step, what its attempt came to, and what follows."""

    turn: Turn
    step: ClaimedStep
    outcome: Outcome
    advance: Advance

    @property
    def results(self) -> Mapping[str, Any]:
        """By the name of the step; nothing where there are none."""
        if not isinstance(self.outcome, Completed) or self.advance.discarded:
            return {}
        return {self.step.name: self.outcome.results}

    @property
    def for_others(self) -> list[StepRef]:
        """What is ready for whoever is free: children, and the step itself if it was given back."""
        refs = list(self.advance.others)
        if isinstance(self.outcome, GivenBack) and self.outcome.reason != ANOTHERS_STEP:
            refs.append(StepRef(self.step.step_id, self.step.name))
        return refs


def following(turns: Sequence[Turn], ended: Sequence[Ended]) -> list[Turn]:
    """The next round: the children that were claimed here."""
    found = []
    of_turn = _by_turn(ended)
    for turn in turns:
        mine = of_turn.get(turn, [])
        claimed = [child for one in mine for child in one.advance.here]
        if claimed:
            known = {name: results for one in mine for name, results in one.results.items()}
            found.append(replace(turn, claimed=claimed, known=known))
    return found


def run_all(runtime: Runtime, turns: Sequence[Turn]) -> Iterator[Ended]:
    """Run steps one after another, and record them together where they are quick."""
    all_steps = [(turn, step) for turn in turns for step in turn.claimed]
    turn_of = {step.step_id: turn for turn, step in all_steps}
    begun = time.monotonic()
    for number, (turn, step) in enumerate(all_steps):
        started = time.monotonic()
        template = turn.definition.graph.templates.get(step.name)
        if template is not None and template.transactional:
            outcome, advance = run_transactional(runtime, turn.definition, turn.facts, step, turn.known)
            yield from _passed_on(runtime, [Ended(turn=turn, step=step, outcome=outcome, advance=advance)])
            continue
        if number and started - begun > runtime.pace.longest_chunk:
            outcome = GivenBack(reason=TOOK_LONG)
        else:
            outcome = execute(runtime, turn.definition, turn.facts, step, turn.known)
        took = time.monotonic() - started
        # What may not be tried again is not to be claimed by the dozen: a worker that dies uses up an attempt of each.
        if not isinstance(outcome, GivenBack) and step.attempt.retryable and step.attempt.limit > 1:
            runtime.pace.took(turn.definition.key, step.name, took)
        ran = None if isinstance(outcome, GivenBack) else took
        recording = recording_of(runtime, turn.definition, turn.facts, step, outcome, in_hand=len(turns), seconds=ran)
        runtime.unrecorded.add(recording)
        if took > runtime.pace.longest_wait:
            yield from _recorded(runtime, turn_of)
    yield from _recorded(runtime, turn_of)


def _recorded(runtime: Runtime, turn_of: Mapping[int, Turn]) -> list[Ended]:
    recordings = runtime.unrecorded.take()
    advances = record_all(recordings)
    ended = [
        Ended(turn=turn_of[one.step.step_id], step=one.step, outcome=one.outcome, advance=advance)
        for one, advance in zip(recordings, advances, strict=True)
    ]
    return _passed_on(runtime, ended)


def _passed_on(runtime: Runtime, ended: Sequence[Ended]) -> list[Ended]:
    """Send what others may work on, at once: the steps that follow here may take long."""
    messages: list[StepMessage] = []
    for turn, mine in _by_turn(ended).items():
        refs = [ref for one in mine for ref in one.for_others]
        messages += messages_for(runtime, turn.definition, turn.facts.task_id, refs)
    send_now(runtime.send, messages)
    return list(ended)


def _by_turn(ended: Sequence[Ended]) -> Mapping[Turn, Sequence[Ended]]:
    found: dict[Turn, list[Ended]] = {}
    for one in ended:
        found.setdefault(one.turn, []).append(one)
    return found
