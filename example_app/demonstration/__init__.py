"""What ``make demo`` and ``make serve`` show."""

from .run import demonstrate
from .stage import stage

__all__ = ["demonstrate", "stage"]
