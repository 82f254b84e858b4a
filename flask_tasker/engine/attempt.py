"""One attempt of one step: runs the handler and returns what it came to; writes nothing."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from ..errors import PayloadError, RetryableError, StepTimeoutError
from ..handlers import HandlerDefinition, StepRun, StepTemplate, asked_wait, storable
from ..lifecycle import Completed, Failed, Outcome
from .timeouts import watchdog

MAX_ERROR: Final = 4_000
MAX_TRACE: Final = 20_000


def unheard(_error: BaseException) -> None:
    """Nobody wants to know."""


def attempt(
    definition: HandlerDefinition,
    template: StepTemplate,
    run: StepRun[Any],
    *,
    timeout: float | None = None,
    max_bytes: int | None = None,
    now: datetime,
    raised: Callable[[BaseException], None] = unheard,
) -> Outcome:
    """Run the handler's code for ``run``, for ``timeout`` seconds at most; ``now`` is the database's time at its claim.

    ``raised`` is told what it failed by, and must not raise itself.

    Whatever it raises is an outcome, ``SystemExit`` and ``KeyboardInterrupt`` included: a worker lives on.
    """
    if template.call is None:
        return Failed(error=f"step {template.name!r} has no code to run", retry_in=None)
    call = template.call

    def handler() -> Any:
        return call(definition.handler_class(), run)

    try:
        results = handler() if timeout is None else watchdog.call(handler, seconds=timeout)
    except BaseException as error:
        raised(error)
        if isinstance(error, StepTimeoutError) and timeout is not None:
            text = f"StepTimeoutError: the attempt took longer than {timeout:g} s"
            return Failed(error=text, trace=_trace(error), retry_in=template.backoff.delay(run.attempt))
        return _failed(error, template, run.attempt, now)
    try:
        return Completed(results=storable(results, f"results of step {template.name!r}", max_bytes=max_bytes))
    except PayloadError as error:
        raised(error)
        return Failed(error=described(error), retry_in=None)
    except BaseException as error:
        # A mapping or a number of the handler's own class may raise anything while it is written as JSON.
        raised(error)
        return Failed(error=described(error), trace=_trace(error), retry_in=None)


def described(error: BaseException) -> str:
    """The kind and the message of ``error``, bounded, as both databases can hold it."""
    try:
        text = str(error)
    except BaseException as failure:
        text = f"<its message cannot be shown: {type(failure).__name__}>"
    return _bounded(f"{type(error).__name__}: {text}" if text else type(error).__name__, MAX_ERROR)


def _failed(error: BaseException, template: StepTemplate, number: int, now: datetime) -> Failed:
    wait = template.retry.wait_after(error, number, now=now)
    asked = asked_wait(error, now=now) if wait is not None and isinstance(error, RetryableError) else None
    return Failed(error=described(error), trace=_trace(error), retry_in=wait, backoff_request=asked)


def _trace(error: BaseException) -> str:
    try:
        # The first frames are the engine's own.
        lines = traceback.format_exception(type(error), error, error.__traceback__)
    except BaseException:
        return described(error)
    return _bounded("".join(lines), MAX_TRACE)


def _bounded(text: str, limit: int) -> str:
    clean = text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
    if len(clean) <= limit:
        return clean
    half = limit // 2
    return f"{clean[:half]}\n... {len(clean) - limit} characters left out ...\n{clean[-half:]}"
