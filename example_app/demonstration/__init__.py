"""What ``make demo`` and ``make serve`` show."""

from .plan import start_everything
from .run import demonstrate
from .stage import stage

__all__ = ["demonstrate", "stage", "start_everything"]
