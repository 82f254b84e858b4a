"""Tasks, steps and transitions as JSON, without secrets."""

from __future__ import annotations

from typing import Any, Final

from ...redaction import Redactor
from ..dependencies import ApiDependencies
from ..redacting import told
from .shown import Shown

JSON_FIELDS: Final = ("context", "inputs", "results", "annotation")
TEXT_FIELDS: Final = ("reason", "error")
"""What clients, handlers and other systems have said; everything else is the engine's own."""
PARTS: Final = ("workflow_steps", "task_annotations")


def dumped(deps: ApiDependencies, schema: Shown, found: Any) -> Any:
    """``found``, one or a list, as ``schema`` shows it; what ``TASKER_REDACT`` names is blanked."""
    return dumped_without(deps.settings.redactor, schema, found)


def dumped_without(redactor: Redactor, schema: Shown, found: Any) -> Any:
    """The same, where it is known what blanks."""
    is_many = isinstance(found, list | tuple)
    shown = schema.dump(found, many=is_many)
    if redactor.rules:
        for one in shown if is_many else [shown]:
            _blank(redactor, one)
    return shown


def _blank(redactor: Redactor, shown: dict[str, Any]) -> None:
    for name in JSON_FIELDS:
        if name in shown:
            shown[name] = redactor.redacted(shown[name])
    for name in TEXT_FIELDS:
        if name in shown:
            shown[name] = told(redactor, shown[name])
    for name in PARTS:
        for part in shown.get(name, ()):
            _blank(redactor, part)
