"""The form that starts a task: made from the handler's schema, and shown again with what was typed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from ...handlers import HandlerDefinition
from ..api.context_document import document_of
from ..refusal import RefusedError
from .json_text import as_json
from .schema_form import PREFIX, SchemaField, fields_of
from .schema_values import context_in, faults_by_field
from .typed import json_in

JSON: Final = "json"
SHOWN: Final = frozenset({"context", "reason", "tags", "bypass_steps"})
"""Fields that every such form has, each with its faults beside it."""
STARTED: Final = "has started a task already, with other values; send it again to start one more"
KEY_BYTES: Final = 24
NO_OBJECT: Final = "must be an object: {…}"


@dataclass(frozen=True, kw_only=True)
class StartForm:
    """What stands in the form.

    Attributes:
        is_flat: whether the schema could be fields, whatever is shown.
        fields: one for each property; ``None``: the context is typed as JSON.
        key: under it one task is started, however often the form is sent.
        context: that JSON.
        bypass_steps: names of the steps that are ticked.
        faults: what is wrong, by the field; of properties it is with their fields.
    """

    is_flat: bool
    fields: Sequence[SchemaField] | None
    context: str
    key: str = field(default_factory=partial(secrets.token_urlsafe, KEY_BYTES))
    reason: str = ""
    tags: str = ""
    bypass_steps: Sequence[str] = ()
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def empty(cls, definition: HandlerDefinition, *, by_hand: bool) -> StartForm:
        """Nothing but the defaults of the schema."""
        fields = fields_of(document_of(definition.context_schema))
        return cls(is_flat=fields is not None, fields=None if by_hand else fields, context=_defaults(definition))

    @classmethod
    def typed(cls, definition: HandlerDefinition, form: MultiDict[str, str]) -> StartForm:
        """What was typed into it."""
        empty = cls.empty(definition, by_hand=form.get("form") == JSON)
        fields = empty.fields and [one.typed(form.get(one.key, ""), ()) for one in empty.fields]
        return cls(
            is_flat=empty.is_flat,
            fields=fields,
            context=form.get("context", ""),
            key=form.get("form_key", ""),
            reason=form.get("reason", ""),
            tags=form.get("tags", ""),
            bypass_steps=form.getlist("bypass_steps"),
        )

    @property
    def values(self) -> dict[str, Any]:
        """The context that it says.

        Raises:
            RefusedError: 400 naming the fields.
        """
        if self.fields is None:
            return _object_in(self.context)
        context, faults = context_in(self.fields, {one.key: one.value for one in self.fields})
        if faults:
            raise RefusedError.for_fields({f"{PREFIX}{name}": texts for name, texts in faults.items()})
        return context

    @property
    def other_faults(self) -> Sequence[str]:
        """What is wrong with none of the fields that it has."""
        shown = SHOWN if self.fields is None else SHOWN - {"context"}
        return [
            text
            for name, texts in self.faults.items()
            if name not in shown and not name.startswith(PREFIX)
            for text in (texts if name == "context" else [f"{name}: {text}" for text in texts])
        ]

    def started_already(self) -> StartForm:
        """The same, which has started another task: sent again it starts one more."""
        return replace(self, key=secrets.token_urlsafe(KEY_BYTES)).refused({"form": [STARTED]})

    def refused(self, faults: Mapping[str, Sequence[str]]) -> StartForm:
        """The same, with what is wrong with it."""
        if self.fields is None:
            return replace(self, faults=faults)
        by_name, others = faults_by_field(self.fields, faults.get("context", ()))
        fields = [one.typed(one.value, [*faults.get(one.key, ()), *by_name.get(one.name, ())]) for one in self.fields]
        return replace(self, fields=fields, faults={**faults, "context": others})


def _defaults(definition: HandlerDefinition) -> str:
    return as_json(definition.context_schema.filled({}))


def _object_in(text: str) -> dict[str, Any]:
    context = json_in({"context": text}, "context")
    if not isinstance(context, dict):
        raise RefusedError.for_fields({"context": [NO_OBJECT]})
    return context
