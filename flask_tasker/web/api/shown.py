"""What the schemas of all answers have in common."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, fields, validate


class Shown(Schema):
    """Part of an answer: every field is there, but for those ``sometimes``; a later version may have more."""

    sometimes: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say of each field whether it is always there."""
        field_obj.required = field_name not in self.sometimes


class Status(fields.String):
    """Where something stands: one of ``states``."""

    def __init__(self, states: type[StrEnum], **options: Any) -> None:
        super().__init__(validate=validate.OneOf([str(state) for state in states]), **options)
