"""What clients get to see in place of secrets, and what they may not send back."""

from __future__ import annotations

import json
from typing import Any, Final

from ..redaction import REDACTED, Redactor
from .refusal import RefusedError

NOT_A_SECRET: Final = f"has {REDACTED} in it, which is shown in place of a secret: give the secret itself"


def told(redactor: Redactor, text: str | None) -> str | None:
    """Free text without its secrets."""
    return None if text is None else redactor.redacted_text(text)


def refuse_blanked(redactor: Redactor, field: str, value: Any) -> None:
    """Refuse JSON that was read from an answer and sent back: it would be stored in place of the secrets.

    Raises:
        RefusedError: 400 naming the field.
    """
    if redactor.rules and REDACTED in json.dumps(value, ensure_ascii=False):
        raise RefusedError.for_fields({field: [NOT_A_SECRET]})
