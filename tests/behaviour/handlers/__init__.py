"""The handlers that the suite runs, in the test's process and in worker processes."""

from tests.behaviour.handlers import annotations, dummy, graphs, host_database, policies, seeing
from tests.behaviour.handlers.registry import HANDLERS

__all__ = ["HANDLERS", "annotations", "dummy", "graphs", "host_database", "policies", "seeing"]
