"""The life of a step: message, claim, attempt, outcome, record, advance."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..handlers import HandlerDefinition
from ..lifecycle import Completed, GivenBack, Outcome, StepMessage, StepRef
from ..store.claims import ClaimedStep, TaskFacts
from .advance import Advance
from .claiming import claim, known_handler, messages_for
from .execute import execute
from .outbox import send_now
from .record import Recording, recording_of
from .record_together import record_all
from .runtime import Runtime
from .transactional import run_transactional

logger = logging.getLogger(__name__)

TOOK_LONG: Final = "the steps that were claimed with it took long"


def work(runtime: Runtime, message: StepMessage) -> int:
    """Claim the steps of ``message``, run them and what they make ready here; give back how many attempts that were."""
    definition = known_handler(runtime, message)
    if definition is None or runtime.stopping():
        return 0
    facts, claimed = claim(runtime, _for_us(runtime, message))
    if facts is None:
        return 0
    try:
        return _run_on(runtime, definition, facts, claimed)
    finally:
        # Whatever went wrong: once nobody works on it, nothing that was claimed here may be renewed by the heartbeat,
        # or recorded with what this thread works on next.
        runtime.holdings.drop_thread()
        runtime.unrecorded.take()


def _for_us(runtime: Runtime, message: StepMessage) -> StepMessage:
    """Of a message that names many steps all, if they are quick; otherwise the first, and the others are passed on."""
    if len(message.steps) == 1 or runtime.pace.is_quick(message.handler, {step.name for step in message.steps}):
        return message
    first, *others = (StepMessage(task_id=message.task_id, handler=message.handler, steps=(s,)) for s in message.steps)
    send_now(runtime.send, others)
    return first


def _run_on(runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, claimed: Sequence[ClaimedStep]) -> int:
    """Run steps, and on and on those that this makes ready here."""
    known: Mapping[str, Any] = {}
    attempts = 0
    while claimed:
        attempts += len(claimed)
        ended = list(_run_all(runtime, definition, facts, claimed, known))
        known = {one.step.name: one.results for one in ended if one.has_results}
        claimed = [child for one in ended for child in one.advance.here]
    return attempts


@dataclass(frozen=True)
class _Ended:
    """A step, what its attempt came to, and what follows."""

    step: ClaimedStep
    outcome: Outcome
    advance: Advance

    @property
    def has_results(self) -> bool:
        return isinstance(self.outcome, Completed) and not self.advance.discarded

    @property
    def results(self) -> Any:
        return self.outcome.results if isinstance(self.outcome, Completed) else None


def _run_all(
    runtime: Runtime,
    definition: HandlerDefinition,
    facts: TaskFacts,
    claimed: Sequence[ClaimedStep],
    known: Mapping[str, Any],
) -> Iterator[_Ended]:
    """Run steps one after another, and record them together where they are quick."""
    begun = last = time.monotonic()
    for step in claimed:
        template = definition.graph.templates.get(step.name)
        if template is not None and template.transactional:
            outcome, advance = run_transactional(runtime, definition, facts, step, known)
            yield from _passed_on(runtime, definition, [_Ended(step, outcome, advance)])
            continue
        if last - begun > runtime.pace.longest_chunk and step is not claimed[0]:
            outcome = GivenBack(reason=TOOK_LONG)
        else:
            outcome = execute(runtime, definition, facts, step, known)
        took = time.monotonic() - last
        if not isinstance(outcome, GivenBack):
            runtime.pace.took(definition.key, step.name, took)
        runtime.unrecorded.add(recording_of(runtime, definition, facts, step, outcome))
        if took > runtime.pace.longest_wait:
            yield from _recorded(runtime, definition)
        last = time.monotonic()
    yield from _recorded(runtime, definition)


def _recorded(runtime: Runtime, definition: HandlerDefinition) -> list[_Ended]:
    recordings = runtime.unrecorded.take()
    advances = record_all(recordings)
    ended = [
        _Ended(recording.step, recording.outcome, advance)
        for recording, advance in zip(recordings, advances, strict=True)
    ]
    return _passed_on(runtime, definition, ended)


def record_for_others(runtime: Runtime, recordings: Sequence[Recording]) -> None:
    """Record outcomes of threads that are busy with something long; what follows from them is for whoever is free."""
    claim_nothing = replace(runtime, stopping=lambda: True)
    for recording in recordings:
        step = recording.step
        try:
            [advance] = record_all([replace(recording, runtime=claim_nothing)])
        except Exception:
            # Its thread is alive and busy: the heartbeat would renew the lease of what nobody works on any more.
            runtime.holdings.drop(step)
            logger.exception("step %r of task %d could not be recorded; its lease ends", step.name, step.task_id)
            continue
        send_now(runtime.send, messages_for(runtime, recording.definition, step.task_id, advance.others))


def _passed_on(runtime: Runtime, definition: HandlerDefinition, ended: Sequence[_Ended]) -> list[_Ended]:
    """Send what others may work on, at once: the steps that follow here may take long."""
    refs = [ref for one in ended for ref in one.advance.others]
    if len(ended) > 1:
        refs += [StepRef(one.step.step_id, one.step.name) for one in ended if isinstance(one.outcome, GivenBack)]
    if refs:
        send_now(runtime.send, messages_for(runtime, definition, ended[0].step.task_id, refs))
    return list(ended)
