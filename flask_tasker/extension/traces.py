"""Following tasks in traces, where the library for them is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from ..config import Settings
from ..engine import Runtime
from ..errors import ConfigurationError
from ..telemetry import has_opentelemetry

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

    from ..telemetry.traces.traces import Traces


def traces_of(
    app: Flask, settings: Settings, runtime: Callable[[], Runtime], *, provider: TracerProvider | None
) -> Traces | None:
    """The traces of ``app``; ``None`` where they are switched off, or the extra is missing.

    Raises:
        ConfigurationError: the host has given a provider, and the extra is missing.
    """
    if not settings.traces:
        return None
    if not has_opentelemetry():
        if provider is not None:
            raise ConfigurationError(
                "Tasker(tracer_provider=...) needs an extra that is not installed: pip install 'flask-tasker[otel]'"
            )
        return None
    # Here and not above: the extra may be missing.
    from ..telemetry.traces.traces import Traces  # noqa: PLC0415

    return Traces(app, runtime, queue=settings.queue, provider=provider, redactor=settings.log_redactor)
