"""Values as JSON that people read and edit.

What turns the direction of writing is an escape, which means the same: it would show the rest of its line the other way
round.
"""

from __future__ import annotations

import json
from typing import Any, Final

MOST_ON_LINES: Final = 65_536
"""Characters."""
_TURNING: Final = {
    place: f"\\u{place:04x}" for place in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def as_json(value: Any, *, most: int = MOST_ON_LINES) -> str:
    """A value on many lines, unless it is longer than ``most`` characters, or would be: what is nested deeply is."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= most:
        on_lines = json.dumps(value, indent=2, ensure_ascii=False)
        text = text if len(on_lines) > most else on_lines
    return text.translate(_TURNING)
