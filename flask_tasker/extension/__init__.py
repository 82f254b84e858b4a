"""``Tasker``, the extension: wiring, and starting tasks; nothing else."""

from .operations import Operations
from .state import State
from .tasker import Tasker

__all__ = ["Operations", "State", "Tasker"]
