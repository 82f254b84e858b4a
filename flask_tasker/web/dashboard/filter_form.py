"""The form that says which tasks a list has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ...lifecycle import TaskStatus
from ...typing import HandlerKey

TEXTS: Final = (
    ("name", "Name"),
    ("namespace", "Namespace"),
    ("reason", "Words of the reason"),
    ("tag", "Tag"),
    ("initiator", "Initiator"),
    ("source_system", "Source system"),
    ("annotation_type", "Annotation type"),
    ("annotation_key", "Annotation key"),
    ("annotation_value", "Annotation value"),
)
LOCAL: Final = "datetime-local"
MOMENTS: Final = (("requested_after", "Requested from (UTC)"), ("requested_before", "Requested before (UTC)"))
NAMES: Final = frozenset({"status", *(name for name, _ in (*TEXTS, *MOMENTS))})
"""The filters that the form has."""


@dataclass(frozen=True, kw_only=True)
class FilterField:
    """One field of the form.

    Attributes:
        kind: ``text``, ``datetime-local`` or ``choice``.
        value: what was typed, or is in the address.
        choices: what may be chosen, or what is suggested.
        faults: what is wrong with the value.
    """

    name: str
    label: str
    kind: str
    value: str
    choices: Sequence[str] = ()
    faults: Sequence[str] = ()


def filter_fields(
    said: Mapping[str, str], faults: Mapping[str, Sequence[str]], keys: Collection[HandlerKey]
) -> Iterator[FilterField]:
    """The fields, with what was said of each and what is wrong with it; ``keys`` are suggested."""
    suggested = {
        "name": sorted({name for _, name, _ in keys}),
        "namespace": sorted({namespace for namespace, _, _ in keys}),
    }
    listed = [("status", "State", "choice"), *((name, label, "text") for name, label in TEXTS)]
    listed += [(name, label, LOCAL) for name, label in MOMENTS]
    for name, label, kind in listed:
        choices = [str(status) for status in TaskStatus] if name == "status" else suggested.get(name, [])
        yield FilterField(
            name=name,
            label=label,
            kind=kind,
            value=_local(said.get(name, "")) if kind == LOCAL else said.get(name, ""),
            choices=choices,
            faults=faults.get(name, ()),
        )


def filters_in(said: Mapping[str, str]) -> dict[str, str]:
    """What was said of the filters; a field that was left empty says nothing."""
    return {name: value for name, value in said.items() if name in NAMES and value}


def _local(text: str) -> str:
    """A moment as such a field takes it, which leaves empty what has a time zone; what is no moment stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return text
    return in_utc.isoformat(timespec="seconds" if moment.second else "minutes")
