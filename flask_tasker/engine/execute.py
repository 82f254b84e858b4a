"""Executing one attempt: the handler, in its app context and within its time."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from ..handlers import HandlerDefinition, StepRun
from ..lifecycle import Failed, GivenBack, Outcome
from ..logs import Bound, bound_fields
from ..store.claims import ClaimedStep, TaskFacts
from .attempt import attempt, described
from .leftovers import warn_of_leftovers
from .logged import attempt_fields
from .runtime import Runtime
from .tracing import traced_attempt
from .view import step_run

logger = logging.getLogger(__name__)

ANOTHERS_STEP: Final = "the message named another handler's step"
CONTEXT_FAILED: Final = "step %r of task %d: the app context could not be entered or left"


def execute(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, known: Mapping[str, Any]
) -> Outcome:
    """Run one attempt of ``step`` and give back what it came to."""
    with Bound(partial(attempt_fields, runtime, facts, step)):
        return _executed(runtime, definition, facts, step, known)


def _executed(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, known: Mapping[str, Any]
) -> Outcome:
    outcome: Outcome | None = None
    try:
        with runtime.app_context():
            prepared = prepare(runtime, definition, facts, step, known)
            if not isinstance(prepared, StepRun):
                return prepared
            outcome = attempted(runtime, definition, facts, step, prepared)
            warn_of_leftovers(runtime, step)
    except Exception as error:
        logger.exception(CONTEXT_FAILED, step.name, step.task_id, extra=bound_fields())
        return outcome or failed_here(runtime, definition, step, f"the app context failed: {described(error)}")
    return outcome


def failed_here(runtime: Runtime, definition: HandlerDefinition, step: ClaimedStep, error: str) -> Failed:
    """An attempt that failed by no fault of the handler's: it is tried again after the step's backoff."""
    wait = definition.graph.template(step.name).backoff.delay(step.attempt.number)
    return Failed(error=error, retry_in=min(wait, runtime.settings.max_backoff_seconds))


def attempted(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, run: StepRun[Any]
) -> Outcome:
    """Run the handler within the app's limits."""
    with traced_attempt(runtime, facts, step) as trace:
        outcome = attempt(
            definition,
            definition.graph.template(step.name),
            run,
            timeout=step.timeout_seconds,
            max_bytes=runtime.settings.max_payload_bytes,
            now=step.claimed_at,
            raised=trace.raised,
        )
        outcome = _within(runtime.settings.max_backoff_seconds, step, outcome)
        trace.came_to(outcome)
    return outcome


def _within(longest: float, step: ClaimedStep, outcome: Outcome) -> Outcome:
    if not isinstance(outcome, Failed) or outcome.retry_in is None or outcome.retry_in <= longest:
        return outcome
    logger.warning(
        "step %r of task %d asks to wait %.0f s; TASKER_MAX_BACKOFF_SECONDS allows %.0f",
        step.name,
        step.task_id,
        outcome.retry_in,
        longest,
        extra=bound_fields(),
    )
    return replace(outcome, retry_in=longest)


def prepare(
    runtime: Runtime, definition: HandlerDefinition, facts: TaskFacts, step: ClaimedStep, known: Mapping[str, Any]
) -> StepRun[Any] | Failed | GivenBack:
    """What the attempt gets to see, or why there is none; in the app context, which a context class may need."""
    if runtime.stopping():
        return GivenBack(reason="the worker stopped before the step began")
    if facts.key != definition.key or step.name not in definition.graph.templates:
        return GivenBack(reason=ANOTHERS_STEP)
    try:
        run = step_run(runtime, definition, facts, step, known)
    except BaseException as error:
        # SystemExit as well: a context class is the handler's own code.
        text = "step %r of task %d: its context cannot be loaded"
        logger.exception(text, step.name, step.task_id, extra=bound_fields())
        return Failed(error=f"the context cannot be loaded: {described(error)}", retry_in=None)
    if not runtime.holdings.start(step):
        return GivenBack(reason="the worker stopped before the step began")
    return run
