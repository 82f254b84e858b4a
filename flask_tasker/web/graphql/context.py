"""What every field at the top of an operation is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from ..access import Access
from ..dependencies import ApiDependencies
from .permissions import PERMISSIONS


@dataclass(frozen=True, kw_only=True)
class Context:
    """The app that is asked."""

    deps: ApiDependencies


Info: TypeAlias = strawberry.Info[Context, None]


def enter(info: Info, resource: object = None) -> Access:
    """Who asks, if they may have this field.

    Raises:
        RefusedError: 401 for someone unknown, 403 for someone who may not.
    """
    return info.context.deps.door.enter(PERMISSIONS[info.field_name], resource)
