"""The trace in which a task was created, as text in its row: propagators of the host's write it, and read it again."""

from __future__ import annotations

import json
from typing import Final

from opentelemetry.context import Context
from opentelemetry.propagate import extract, inject

from ...models.task import TRACE_CONTEXT

_SEPARATORS: Final = (",", ":")


def as_text(context: Context) -> str | None:
    """What the propagators say of ``context``; ``None`` where that is nothing.

    What would make it longer than its column is left out: the trace itself comes first, and is short.
    """
    carrier: dict[str, str] = {}
    inject(carrier, context)
    text = None
    kept: dict[str, str] = {}
    for key, value in carrier.items():
        longer = json.dumps({**kept, key: value}, separators=_SEPARATORS)
        if len(longer) <= TRACE_CONTEXT:
            kept[key], text = value, longer
    return text


def context_of(text: str | None) -> Context:
    """What the propagators make of the text; an empty context where it is nothing that ``as_text`` would write."""
    return extract(_carrier(text), Context())


def _carrier(text: str | None) -> dict[str, str]:
    if not isinstance(text, str) or len(text) > TRACE_CONTEXT:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}
