"""How messages travel: Dramatiq over a broker, embedded in the serving process, or not at all. Interchangeable."""

from .actor import DramatiqDispatch, Runner
from .brokers import INLINE, MEMORY, broker_for, scheme_of
from .consumer import Consumer
from .embedded import Embedded, is_flask_run, is_other_command
from .health import broker_answers
from .inline import InlineDispatch

__all__ = [
    "INLINE",
    "MEMORY",
    "Consumer",
    "DramatiqDispatch",
    "Embedded",
    "InlineDispatch",
    "Runner",
    "broker_answers",
    "broker_for",
    "is_flask_run",
    "is_other_command",
    "scheme_of",
]
