"""A note on a task, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass

from ..typing import JsonValue
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Annotation(Answer):
    """A searchable note that a handler left on its task."""

    task_id: int
    task_annotation_id: int
    annotation_type_name: str
    annotation: JsonValue = None
