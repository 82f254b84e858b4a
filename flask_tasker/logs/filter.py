"""The fields, for handlers that have a formatter of their own."""

from __future__ import annotations

import logging
from typing import Any

from .fields import NAMES, bound_fields


class StepFields(logging.Filter):
    """Gives each record ``task_id``, ``task``, ``step``, ``attempt``, ``worker`` and ``correlation_id``.

    It belongs on a handler, whose records come from all loggers, and which runs in the thread that logs. What a record
    has already it keeps. ``absent`` is the value outside of a step.
    """

    def __init__(self, *, absent: Any = None) -> None:
        super().__init__()
        self._absent = absent

    def filter(self, record: logging.LogRecord) -> bool:
        """Add what is missing; every record passes."""
        fields = bound_fields()
        for name in NAMES:
            if not hasattr(record, name):
                setattr(record, name, fields.get(name, self._absent))
        return True
