"""JSON out of the database as a page shows it: a tree where all of it was read, else the beginning of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ....redaction import Redactor
from ....store.reading import Excerpt
from ..drawing import JsonLimits, json_tree
from ..drawing.json_tree import JsonNode
from ..json_text import as_json

EXCERPT: Final = 2_000
"""Characters of JSON, or of a traceback, in the row of a step."""
ON_LINES: Final = 4 * EXCERPT
"""Characters of JSON in the row of a step that may be on many lines."""
WHOLE: Final = 20_000
"""Characters of JSON that is read whole to blank what is in it: a text that is cut tells no longer what a key is."""
IN_A_ROW: Final = JsonLimits(depth=5, items=20, nodes=60, text=400, characters=EXCERPT)
MOST_TREES: Final = 30
"""Of so many steps what they hold can be folded; a page of more shows it as text, which is made ten times as fast."""


@dataclass(frozen=True, kw_only=True)
class ShownJson:
    """A tree, or the beginning of a text of which ``left`` characters are not shown."""

    tree: JsonNode | None = None
    text: str = ""
    left: int = 0


def sizes_read(redactor: Redactor) -> dict[str, int]:
    """Up to how many characters JSON is read whole, and how many of what is longer: none where secrets are blanked."""
    return {"whole": WHOLE, "begun": 0} if redactor.rules else {"whole": EXCERPT, "begun": EXCERPT}


def in_a_row(excerpt: Excerpt, redactor: Redactor, *, of: int) -> ShownJson | None:
    """As a page has it that has ``of`` such, without its secrets; ``None`` where there is none."""
    if excerpt.size is None:
        return None
    if excerpt.text is not None:
        return ShownJson(text=excerpt.text, left=excerpt.size - len(excerpt.text))
    value = redactor.redacted(excerpt.value)
    if excerpt.size > EXCERPT:
        text = as_json(value, most=EXCERPT)
        return ShownJson(text=text[:EXCERPT], left=max(len(text) - EXCERPT, 0))
    if of > MOST_TREES:
        return ShownJson(text=as_json(value, most=ON_LINES))
    return ShownJson(tree=json_tree(value, IN_A_ROW))


def at_length(value: Any) -> ShownJson:
    """As a page has it that shows little else."""
    return ShownJson(tree=json_tree(value))
