"""What must be true of every step, however it went. Each check gives back what is wrong, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from flask_tasker.lifecycle import STEP_TRANSITIONS
from tests.torture.expected import StepEnd
from tests.torture.records import StepRecord
from tests.torture.shapes import StepPlan

MOVES: Final = {(move.source, move.target) for move in STEP_TRANSITIONS}
DONE: Final = ("complete", "skipped", "cancelled", "resolved_manually")

Check = Callable[[StepRecord, StepPlan, StepEnd], Iterator[str]]


def at_its_end(step: StepRecord, _plan: StepPlan, end: StepEnd) -> Iterator[str]:
    """It is in the state that its kind must come to, with the right results."""
    if step.status != end.status:
        yield f"is {step.status} and must be {end.status}"
    if end.status == "complete" and step.results != {"value": end.value}:
        yield f"returned {step.results} and must have returned {{'value': {end.value}}}"
    if not end.fewest <= step.attempts <= end.most:
        yield f"took {step.attempts} attempts and must have taken {end.fewest} to {end.most}"


def at_rest(step: StepRecord, _plan: StepPlan, _end: StepEnd) -> Iterator[str]:
    """Nothing holds it, and nothing will happen to it."""
    if step.is_leased:
        yield "still has a lease"
    if step.status == "in_progress":
        yield "is still in progress"
    if step.is_due:
        yield "still has a next attempt"


def one_legal_path(step: StepRecord, _plan: StepPlan, _end: StepEnd) -> Iterator[str]:
    """Its history is one path through the table of transitions, from pending to its state."""
    standing = "pending"
    for move in step.history:
        if move.source != standing or (move.source, move.target) not in MOVES:
            yield f"went from {move.source} to {move.target} while it was {standing}"
        standing = move.target
    if standing != step.status:
        yield f"is {step.status}, and its history ends with {standing}"


def one_record_a_claim(step: StepRecord, _plan: StepPlan, _end: StepEnd) -> Iterator[str]:
    """Every claim has a token of its own, and was ended once, under that token; one completion at most."""
    claims, ends = step.claims, step.ends
    tokens = [claim.token for claim in claims]
    if len(set(tokens)) != len(tokens) or None in tokens:
        yield "was claimed twice under one token"
    if [end.token for end in ends] != tokens:
        yield f"has {len(claims)} claims and {len(ends)} ends, under other tokens"
    completions = sum(end.target == "complete" for end in ends)
    if completions != (step.status == "complete"):
        yield f"is {step.status} and was completed {completions} times"


def attempts_are_claims(step: StepRecord, _plan: StepPlan, _end: StepEnd) -> Iterator[str]:
    """Every claim was counted, but for those given back before the handler began; and nothing else was."""
    counted = 0
    for claim, end in zip(step.claims, step.ends, strict=False):
        if claim.attempt != counted + 1:
            yield f"was claimed as attempt {claim.attempt} after {counted} counted ones"
        counted = end.attempt
    if step.attempts != len(step.claims) - step.given_back:
        yield f"counts {step.attempts} attempts, with {len(step.claims)} claims, {step.given_back} of them given back"


def booked_once(step: StepRecord, plan: StepPlan, _end: StepEnd) -> Iterator[str]:
    """The ledger has one row of a complete transactional step, of the attempt that completed it, and none of others."""
    expected = [step.attempts] if plan.transactional and step.status == "complete" else []
    if step.ledger != expected:
        yield f"is {step.status} and has ledger rows of the attempts {step.ledger}; it must have {expected}"


def seen_once_an_attempt(step: StepRecord, plan: StepPlan, _end: StepEnd) -> Iterator[str]:
    """Side effects elsewhere: never fewer than one of a complete step, and at most one of each counted attempt."""
    if len(set(step.effects)) != len(step.effects):
        yield f"has two side effects of one attempt: {step.effects}"
    if any(not 1 <= attempt <= step.attempts for attempt in step.effects):
        yield f"has side effects of the attempts {step.effects}, of which only {step.attempts} were counted"
    if not plan.transactional and step.status == "complete" and step.attempts not in step.effects:
        yield f"was completed by attempt {step.attempts} and has side effects of {step.effects}"


CHECKS: Final[tuple[Check, ...]] = (
    at_its_end,
    at_rest,
    one_legal_path,
    one_record_a_claim,
    attempts_are_claims,
    booked_once,
    seen_once_an_attempt,
)


def parents_first(step: StepRecord, steps: Mapping[str, StepRecord]) -> Iterator[str]:
    """It was not claimed before the last of its parents was done."""
    if not step.claims:
        return
    for parent in step.parents:
        history = steps[parent].history
        done = history[-1].order if history and steps[parent].status in DONE else None
        if done is None or done > step.claims[0].order:
            yield f"was claimed before its parent {parent!r} was done"
