"""Types whose docstring is what clients read about them."""

from __future__ import annotations

from typing import TypeVar, dataclass_transform

import strawberry

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def shown(cls: type[T]) -> type[T]:
    """Make a class a type of objects that are shown."""
    return strawberry.type(cls, description=cls.__doc__)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def taken(cls: type[T]) -> type[T]:
    """Make a class a type of input."""
    return strawberry.input(cls, description=cls.__doc__)
