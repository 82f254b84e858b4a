"""What is blanked, as ``TASKER_REDACT`` says it: words are keys, ``/.../`` are patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..errors import ConfigurationError

DEFAULT_RULES: Final = (
    "*password*",
    "*passwd*",
    "passphrase",
    "*secret*",
    "*token",
    "*api_key",
    "*access_key",
    "*private_key",
    "authorization",
    "proxy_authorization",
    "*cookie",
    "*credentials",
    "card_number",
    "credit_card",
    "cvv",
    "cvc",
    # The user and the password of a URL, in which @ and / may be: drivers put it into their errors. What begins with
    # a host, a port and a slash has none: there @ is of its path.
    r"/(?<=:\/\/)(?![^\s\"'<>@:\/?#]{0,256}+(?::\d{0,5}+)?[\/?#])"
    r"[^\s\"'<>@]{1,512}+(?>(?:@[^\s\"'<>@]{0,512}+(?=@))*)(?=@)/",
)
"""What logs blank without being told."""

# In a text with commas: a pattern ends with the slash before a comma or the end, whatever commas it has itself.
_ITEM: Final = re.compile(r"\s*/.*?/(?=\s*(?:,|$))|[^,]+", re.DOTALL)


def rules_of(key: str, value: Any) -> tuple[str, ...]:
    """The rules that a setting called ``key`` has: a list, or a text with commas.

    Raises:
        ConfigurationError: it is neither, or a pattern is no regular expression, or one that matches everything.
    """
    listed = _ITEM.findall(value) if isinstance(value, str) else value
    if not isinstance(listed, Iterable) or isinstance(listed, Mapping):
        raise ConfigurationError(f"{key} must be a list of keys and /patterns/, got {value!r}")
    return tuple(_checked(key, rule) for rule in listed if not (isinstance(rule, str) and not rule.strip()))


def pattern_in(rule: str) -> str | None:
    """The regular expression of a rule, or ``None`` where it is a key."""
    return rule[1:-1] if len(rule) > 1 and rule.startswith("/") and rule.endswith("/") else None


def _checked(key: str, rule: Any) -> str:
    if not isinstance(rule, str):
        raise ConfigurationError(f"{key} must be a list of keys and /patterns/, got {rule!r} in it")
    stripped = rule.strip()
    pattern = pattern_in(stripped)
    if pattern is None:
        if not stripped.replace("*", "").strip("-_. "):
            raise ConfigurationError(f"{key}: {rule!r} would blank everything; name a key, such as '*password*'")
        return stripped
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{key}: {rule!r} is no regular expression: {error}") from None
    if compiled.search(""):
        raise ConfigurationError(f"{key}: {rule!r} matches the empty text; let it match one character at least")
    return stripped
