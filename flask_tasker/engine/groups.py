"""What the threads of one process write together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..store.grouped import Completion, Followed, Wanted
from ..store.grouping import Group


@dataclass(frozen=True)
class Groups:
    """Claims, and records of completed steps."""

    claims: Group[Wanted, Any] = field(default_factory=Group)
    records: Group[Completion, Followed | None] = field(default_factory=Group)
