"""Contexts that steps see as objects: what a marshmallow schema loads, or an instance of a dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow

from .dataclass_schema import built, schema_of


class MarshmallowContext:
    """A marshmallow schema: steps see what it loads."""

    def __init__(self, schema: marshmallow.Schema) -> None:
        self.schema = schema

    def filled(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context as it is: defaults are filled in when a step loads it."""
        return dict(context)

    def faults(self, context: Mapping[str, Any]) -> list[str]:
        """One message a fault, naming the property by its path."""
        try:
            self.load(context)
        except marshmallow.ValidationError as error:
            return _flattened(error.messages, path="")
        except ArithmeticError:
            return ["has a number that is too large to be checked"]
        return []

    def load(self, context: Mapping[str, Any]) -> Any:
        """What the schema makes of the context."""
        return self.schema.load(dict(context))

    def dumped(self, context: Any) -> Any:
        """What the schema dumps of an object that it loaded; a mapping stays as it is."""
        return context if isinstance(context, Mapping) else self.schema.dump(context)


class DataclassContext(MarshmallowContext):
    """A dataclass: checked by the types of its fields, and given to the steps as an instance."""

    def __init__(self, cls: type[Any]) -> None:
        super().__init__(schema_of(cls)())
        self._cls = cls

    def faults(self, context: Mapping[str, Any]) -> list[str]:
        """One message a fault, naming the property by its path; what ``__post_init__`` refuses too."""
        try:
            return super().faults(context)
        except (TypeError, ValueError) as error:
            return [str(error)]

    def load(self, context: Mapping[str, Any]) -> Any:
        """An instance of the dataclass."""
        return built(self._cls, super().load(context))

    def dumped(self, context: Any) -> Any:
        """The JSON object of an instance; what is none stays as it is."""
        return super().dumped(context) if isinstance(context, self._cls) else context


def _flattened(messages: Any, path: str) -> list[str]:
    if isinstance(messages, Mapping):
        return [
            text
            for key, nested in messages.items()
            for text in _flattened(nested, path if key == "_schema" else f"{path}.{key}" if path else str(key))
        ]
    return [f"'{path}': {text}" if path else str(text) for text in messages]
