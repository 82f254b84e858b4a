"""For the tests of apps that use flask_tasker."""

from .assertions import assert_attempts, assert_complete, assert_failed, assert_order, assert_status
from .drain import drain
from .in_memory import run_handler
from .isolation import isolated_handlers
from .report import RunReport, StepReport

__all__ = [
    "RunReport",
    "StepReport",
    "assert_attempts",
    "assert_complete",
    "assert_failed",
    "assert_order",
    "assert_status",
    "drain",
    "isolated_handlers",
    "run_handler",
]
