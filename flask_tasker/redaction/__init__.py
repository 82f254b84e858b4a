"""Blanking secrets in what is shown and logged: pure, and nothing that is stored."""

from .redactor import NOTHING, Redactor
from .rules import DEFAULT_RULES, rules_of
from .spans import OVERLAP, REDACTED

__all__ = ["DEFAULT_RULES", "NOTHING", "OVERLAP", "REDACTED", "Redactor", "rules_of"]
