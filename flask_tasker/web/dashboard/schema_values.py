"""The context that the fields of a form say, and whose fault each fault is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..api.body import value_in
from .schema_form import SchemaField

NO_WHOLE_NUMBER: Final = "must be a whole number"
NO_NUMBER: Final = "must be a number"
NO_CHOICE: Final = "must be one of the choices"
_WHOLE: Final = re.compile(r"-?[0-9]{1,4000}")


def context_in(
    fields: Iterable[SchemaField], form: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:
    """The values that were typed, and what is wrong with those that are none; a field left empty is left out.

    One that must be there and may be null is null then.
    """
    context: dict[str, Any] = {}
    faults: dict[str, Sequence[str]] = {}
    for field in fields:
        text = form.get(field.key, "")
        if not text:
            if field.required and field.nullable:
                context[field.name] = None
            continue
        try:
            context[field.name] = _value(field, text)
        except ValueError as error:
            faults[field.name] = [str(error)]
    return context, faults


def faults_by_field(
    fields: Iterable[SchemaField], messages: Sequence[str]
) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """The messages about each property, without its name before them; and those about none of the fields."""
    found: dict[str, list[str]] = {}
    others = list(messages)
    for field in fields:
        for message in messages:
            said = _about(field.name, message)
            if said is not None:
                found.setdefault(field.name, []).append(said)
                others.remove(message)
    return found, others


def _value(field: SchemaField, text: str) -> Any:
    if field.kind == "string":
        return text
    if field.kind == "integer":
        return _whole(text.strip())
    if field.kind == "number":
        return _number(text.strip())
    if text not in field.choices:
        raise ValueError(NO_CHOICE)
    return value_in(text.encode())


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(NO_WHOLE_NUMBER)
    return int(text)


def _number(text: str) -> int | float:
    try:
        number = value_in(text.encode())
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(NO_NUMBER)
    return number


def _about(name: str, message: str) -> str | None:
    for start in (f"'{name}'", repr(name)):
        if message.startswith(f"{start}: "):
            return message.removeprefix(f"{start}: ")
        if message.startswith(f"{start} "):
            return message.removeprefix(f"{start} ")
    return None
