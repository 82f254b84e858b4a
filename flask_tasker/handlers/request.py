"""A wish for a task."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ..typing import JsonObject

DEFAULT_NAMESPACE = "default"
DEFAULT_VERSION = "0.1.0"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, kw_only=True)
class TaskRequest:
    """What is to be done, for whom and why.

    ``version`` may stay ``None``: the numerically highest registered one. ``requested_at`` may stay ``None``: now.
    """

    name: str
    context: JsonObject = field(default_factory=dict)
    namespace: str = DEFAULT_NAMESPACE
    version: str | None = None
    initiator: str = UNKNOWN
    source_system: str = UNKNOWN
    reason: str | None = UNKNOWN
    tags: tuple[str, ...] = ()
    bypass_steps: tuple[str, ...] = ()
    requested_at: datetime | None = None
    correlation_id: str | None = None

    def identity_hash(self, *, version: str, owner: str | None = None) -> str:
        """SHA-256, in hexadecimal, of what makes two requests the same; tags and the order of keys do not count."""
        identity: list[Any] = [
            owner,
            self.namespace,
            self.name,
            version,
            self.initiator,
            self.source_system,
            self.reason,
            sorted(self.bypass_steps),
            self.context,
        ]
        canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()
