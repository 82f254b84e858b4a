"""What every field at the top of an operation is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import strawberry

from ..access import Access
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .permissions import PERMISSIONS


@dataclass(kw_only=True)
class Context:
    """The app that is asked, and for how many tasks in all of an operation's lists."""

    deps: ApiDependencies
    listed: int = 0

    def count(self, limit: int) -> None:
        """Let an operation list some more.

        Raises:
            RefusedError: 400, where its lists together may have more than two pages.
        """
        most = PAGES * self.deps.settings.max_page_size
        self.listed += limit
        if self.listed > most:
            raise RefusedError(
                400, message=f"the lists of an operation may have {most} tasks in all, got {self.listed}"
            )


PAGES: Final = 2
"""For how many full pages one operation may ask, in however many fields."""
Info: TypeAlias = strawberry.Info[Context, None]


def enter(info: Info, resource: object = None) -> Access:
    """Who asks, if they may have this field.

    Raises:
        RefusedError: 401 for someone unknown, 403 for someone who may not.
    """
    return info.context.deps.door.enter(PERMISSIONS[info.field_name], resource)
