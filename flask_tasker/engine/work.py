"""The life of a step: message, claim, attempt, outcome, record, advance."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from ..lifecycle import StepMessage
from .claiming import claim_all, known_handler, messages_for
from .outbox import send_now
from .record import Recording
from .record_together import write_all
from .runtime import Runtime
from .turns import Turn, following, run_all

logger = logging.getLogger(__name__)


def work(runtime: Runtime, *messages: StepMessage) -> int:
    """Claim the steps of ``messages``, run them and what they make ready here; give back how many attempts that were.

    Several messages are worked on side by side, in rounds: what is ready of all of them is claimed at once, run one
    after the other, and recorded at once with what follows from it. So they had better name quick steps.
    """
    known = {message: found for message in messages if (found := known_handler(runtime, message)) is not None}
    if not known or runtime.stopping():
        return 0
    definitions = {message.handler: definition for message, definition in known.items()}
    ours = _ours(runtime, [*known])
    try:
        turns = [
            Turn(definition=definitions[message.handler], facts=facts, claimed=claimed)
            for message, (facts, claimed) in zip(ours, claim_all(runtime, ours), strict=True)
            if facts is not None
        ]
        return _run_on(runtime, turns)
    finally:
        # Whatever went wrong: once nobody works on it, nothing that was claimed here may be renewed by the heartbeat,
        # or recorded with what this thread works on next.
        runtime.holdings.drop_thread()
        runtime.unrecorded.take()


def _ours(runtime: Runtime, messages: Sequence[StepMessage]) -> Sequence[StepMessage]:
    """All that these messages name, if it is quick; otherwise the first step, and the others are passed on."""
    if all(map(runtime.pace.expects_quick, messages)):
        return messages
    first, *others = (replace(messages[0], steps=(step,)) for step in messages[0].steps)
    send_now(runtime.send, [*others, *messages[1:]])
    return [first]


def _run_on(runtime: Runtime, turns: Sequence[Turn]) -> int:
    """Run steps, and on and on those that this makes ready here."""
    attempts = 0
    while turns:
        attempts += sum(len(turn.claimed) for turn in turns)
        turns = following(turns, list(run_all(runtime, turns)))
    return attempts


def record_for_others(runtime: Runtime, recordings: Sequence[Recording]) -> None:
    """Record outcomes of threads that are busy with something long; what follows from them is for whoever is free."""
    claim_nothing = replace(runtime, stopping=lambda: True)
    written = []
    for recording in recordings:
        step = recording.step
        try:
            written.append((recording, write_all([replace(recording, runtime=claim_nothing)])))
        except Exception:
            # Its thread is alive and busy: the heartbeat would renew the lease of what nobody works on any more.
            runtime.holdings.drop(step)
            text = "step %r of task %d could not be recorded; its lease ends"
            logger.exception(text, step.name, step.task_id, extra=recording.log_fields)
    for recording, go_on in written:
        [advance] = go_on()
        send_now(runtime.send, messages_for(runtime, recording.definition, recording.step.task_id, advance.others))
