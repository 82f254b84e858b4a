"""Which part of a list of tasks is asked for, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...models import Task
from ...store.reading import Page, sorting_column
from ..api.paging import DEFAULT_LIMIT, LARGEST
from ..refusal import RefusedError

NEWEST_FIRST: Final = "requested_at"
UNKNOWN_ORDER: Final = "created_at"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The arguments of a list, as they were given; null is as good as the default."""

    limit: int | None
    offset: int | None
    sort_by: str | None
    sort_order: str | None

    def page(self, *, max_size: int) -> Page:
        """The page, at most ``max_size`` rows.

        Raises:
            RefusedError: 400 naming the argument, where ``limit`` or ``offset`` is negative.
        """
        counts = {"limit": self.limit, "offset": self.offset}
        faults = {name: ["must be a whole number, 0 or more"] for name, count in counts.items() if (count or 0) < 0}
        if faults:
            raise RefusedError.for_fields(faults)
        column = NEWEST_FIRST if self.sort_by is None else self.sort_by
        return Page(
            limit=min(DEFAULT_LIMIT if self.limit is None else self.limit, max_size),
            offset=min(self.offset or 0, LARGEST),
            sort_by=column if sorting_column(Task, column).key == column else UNKNOWN_ORDER,
            descending=self.sort_order in (None, "desc"),
        )
