"""Whether a request makes sense for the handler that it names. Pure: nothing was written when it is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..errors import InvalidRequestError, PayloadError
from .definition import HandlerDefinition
from .payload import storable
from .request import TaskRequest

MAX_TEXT: Final = 128
MAX_CORRELATION_ID: Final = 255
MAX_TAGS: Final = 100
MAX_TAG: Final = 255
MAX_ACTOR: Final = 255
MAX_WHY: Final = 2_000
NO_TEXTS: Final = "must be a list of strings"


def validated(request: TaskRequest, definition: HandlerDefinition, *, max_bytes: int | None = None) -> TaskRequest:
    """``request`` as it is to be stored: checked, with its version and the defaults of its context filled in.

    ``max_bytes`` bounds the context, as JSON in UTF-8.

    Raises:
        InvalidRequestError: ``faults`` has the messages of each refused field.
    """
    context, context_faults = _context(request.context, definition, max_bytes)
    faults = {
        "name": _name_faults(request.name),
        "context": context_faults,
        "initiator": _text_faults(request.initiator),
        "source_system": _text_faults(request.source_system),
        "reason": reason_faults(request.reason),
        "correlation_id": _correlation_faults(request.correlation_id),
        "tags": tags_faults(request.tags),
        "bypass_steps": _list_faults(request.bypass_steps) or _bypass_faults(request.bypass_steps, definition),
    }
    if any(faults.values()):
        raise InvalidRequestError({field: messages for field, messages in faults.items() if messages})
    return dataclasses.replace(
        request,
        version=definition.key[2],
        context=context,
        tags=tuple(request.tags),
        bypass_steps=tuple(dict.fromkeys(request.bypass_steps)),
    )


def reason_faults(reason: Any) -> list[str]:
    """What is wrong with why a task was asked for."""
    return [] if reason is None else _text_faults(reason)


def tags_faults(tags: Any) -> list[str]:
    """What is wrong with the tags of a task."""
    faults = _list_faults(tags)
    if not faults and (len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags)):
        return [f"must be {MAX_TAGS} at most, of {MAX_TAG} characters each"]
    return faults


def storage_faults(value: Any) -> list[str]:
    """What keeps a text from being stored: NUL, or half a surrogate pair."""
    if isinstance(value, str) and value.isascii() and "\x00" not in value:
        return []
    try:
        storable(value, "value")
    except PayloadError as error:
        return [str(error).removeprefix("value: ")]
    return []


def check_actor(name: str, reason: str | None) -> None:
    """Refuse who would act on a task, or why, where it cannot be stored: up to 255 and 2,000 characters of text.

    Raises:
        InvalidRequestError: ``faults`` has the messages of ``actor`` and ``reason``.
    """
    faults = {
        "actor": _text_faults(name, MAX_ACTOR) or _name_faults(name),
        "reason": [] if reason is None else _text_faults(reason, MAX_WHY),
    }
    if any(faults.values()):
        raise InvalidRequestError({field: messages for field, messages in faults.items() if messages})


def _context(context: Any, definition: HandlerDefinition, max_bytes: int | None) -> tuple[dict[str, Any], list[str]]:
    if not isinstance(context, Mapping):
        return {}, [f"must be an object, got {type(context).__name__}"]
    try:
        plain = storable(dict(context), "context", max_bytes=max_bytes)
        filled = definition.context_schema.filled(plain)
    except PayloadError as error:
        return {}, [str(error).removeprefix("context: ")]
    return filled, definition.context_schema.faults(filled)


def _name_faults(name: Any) -> list[str]:
    return [] if isinstance(name, str) and name.strip() else ["must not be blank"]


def _text_faults(value: Any, longest: int = MAX_TEXT) -> list[str]:
    if not isinstance(value, str):
        return [f"must be text, got {type(value).__name__}"]
    if len(value) > longest:
        return [f"must have {longest} characters at most, got {len(value)}"]
    return storage_faults(value)


def _correlation_faults(value: Any) -> list[str]:
    return [] if value is None else _text_faults(value, MAX_CORRELATION_ID)


def _list_faults(values: Any) -> list[str]:
    if isinstance(values, str) or not isinstance(values, Sequence) or not all(isinstance(v, str) for v in values):
        return [NO_TEXTS]
    return [fault for value in values for fault in storage_faults(value)]


def _bypass_faults(names: Sequence[str], definition: HandlerDefinition) -> list[str]:
    templates = definition.graph.templates
    if len(names) > len(templates):
        return [f"must be {len(templates)} at most, which are the steps of {definition.key[1]}, got {len(names)}"]
    unknown = [f"{name!r} is not a step of {definition.key[1]}" for name in names if name not in templates]
    fixed = [f"{name!r} is not skippable" for name in names if name in templates and not templates[name].skippable]
    return unknown + fixed
