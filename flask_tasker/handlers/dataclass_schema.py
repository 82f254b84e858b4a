"""The marshmallow schema of a dataclass, and the way back to an instance."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from typing import Any, Final

import marshmallow
from marshmallow import fields, validate

from ..errors import HandlerDefinitionError

_SEQUENCES: Final = (list, tuple, set, frozenset)
_ANYTHING: Final = (Any, object)


def schema_of(cls: type[Any]) -> type[marshmallow.Schema]:
    """The schema that checks a JSON object by the types of ``cls``'s fields.

    Raises:
        HandlerDefinitionError: a type cannot be resolved from the module of the class.
    """
    hints = _hints(cls)
    schema: dict[str, Any] = {
        field.name: _field(hints[field.name], required=_is_required(field))
        for field in dataclasses.fields(cls)
        if field.init
    }
    return marshmallow.Schema.from_dict(schema, name=f"{cls.__name__}Context")


def built(hint: Any, value: Any) -> Any:
    """``value`` as the type ``hint`` has it: instances of dataclasses, and tuples, where it names them."""
    inner = _without_none(hint)
    if isinstance(value, list):
        items = [built(_element(inner), item) for item in value]
        return tuple(items) if typing.get_origin(inner) is tuple else items
    if isinstance(value, Mapping) and _is_dataclass(inner):
        hints = _hints(inner)
        return inner(**{name: built(hints[name], nested) for name, nested in value.items()})
    if isinstance(value, Mapping) and typing.get_origin(inner) is dict:
        return {key: built(typing.get_args(inner)[1], nested) for key, nested in value.items()}
    return value


def _field(hint: Any, **options: Any) -> fields.Field[Any]:
    inner = _without_none(hint)
    options["allow_none"] = inner is not hint or inner in _ANYTHING
    origin, arguments = typing.get_origin(inner), typing.get_args(inner)
    if _is_dataclass(inner):
        # Asked for when first used: a dataclass may contain itself.
        return fields.Nested(lambda: schema_of(inner)(), **options)  # noqa: PLW0108
    if origin in _SEQUENCES:
        return fields.List(_field(_element(inner)), **options)
    if origin is dict:
        return fields.Dict(keys=_field(arguments[0]), values=_field(arguments[1]), **options)
    if origin is typing.Literal:
        return fields.Raw(validate=validate.OneOf(arguments), **options)
    if isinstance(inner, type) and issubclass(inner, enum.Enum):
        return fields.Enum(inner, by_value=True, **options)
    if inner is int:
        return fields.Integer(strict=True, **options)
    return marshmallow.Schema.TYPE_MAPPING.get(inner, fields.Raw)(**options)


def _hints(cls: type[Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except NameError as error:
        raise HandlerDefinitionError(
            f"schema={cls.__qualname__}: {error}; define the types of its fields at the top of its module"
        ) from None


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _is_dataclass(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def _element(hint: Any) -> Any:
    return next(iter(typing.get_args(hint)), Any)


def _without_none(hint: Any) -> Any:
    """``X`` of ``X | None``, ``Any`` of a union of several, else the type itself."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint
    others = [part for part in typing.get_args(hint) if part is not type(None)]
    return others[0] if len(others) == 1 else Any
