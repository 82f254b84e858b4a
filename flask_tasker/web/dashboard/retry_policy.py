"""How a step is retried, in words."""

from __future__ import annotations

from datetime import timedelta

from ...handlers import StepTemplate


def policy_of(template: StepTemplate) -> str:
    """How often, how long it waits in between, and after which exceptions."""
    if not template.default_retryable or template.default_retry_limit == 1:
        return "one attempt"
    backoff = template.backoff
    wait = f"{template.default_retry_limit} attempts; waits {seconds(backoff.base)}"
    growth = f", each time {backoff.factor:g} times as long, {seconds(backoff.maximum)} at most"
    chance = f", less up to {backoff.jitter:.0%} by chance" if backoff.jitter else ""
    return f"{wait}{growth if backoff.factor > 1 else ''}{chance}{_after(template)}"


def seconds(time: timedelta) -> str:
    """A time in seconds, as short as it can be said."""
    return f"{time.total_seconds():g} s"


def _after(template: StepTemplate) -> str:
    on = [kind.__name__ for kind in template.retry_on if kind is not Exception]
    never = [kind.__name__ for kind in template.give_up_on]
    return (f"; after {', '.join(on)}" if on else "") + (f"; never after {', '.join(never)}" if never else "")
