"""Log lines with the fields of the attempt that runs, one line each, without secrets."""

from .fields import Bound, bound_fields
from .filter import StepFields
from .formats import FORMATS, JsonFormatter, KeyValueFormatter, LineFormatter
from .installing import use_format

__all__ = [
    "FORMATS",
    "Bound",
    "JsonFormatter",
    "KeyValueFormatter",
    "LineFormatter",
    "StepFields",
    "bound_fields",
    "use_format",
]
