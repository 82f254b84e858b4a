"""JSON out of the database as a page shows it: a tree where all of it was read, else the beginning of its text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from ....redaction import Redactor
from ....store.reading import Excerpt
from ..drawing import JsonLimits, json_tree
from ..drawing.json_tree import JsonNode

IN_A_ROW: Final = JsonLimits(depth=5, items=20, nodes=60, text=400, characters=2_000)
MOST_TREES: Final = 50
"""Of so many steps what they hold can be folded; a page of more shows it as text, which is made ten times as fast."""


@dataclass(frozen=True, kw_only=True)
class ShownJson:
    """A tree, or the beginning of a text of which ``left`` characters are not shown."""

    tree: JsonNode | None = None
    text: str = ""
    left: int = 0


def in_a_row(excerpt: Excerpt, redactor: Redactor, *, of: int) -> ShownJson | None:
    """As a page has it that has ``of`` such, without its secrets; ``None`` where there is none."""
    if excerpt.size is None:
        return None
    if excerpt.text is not None:
        return ShownJson(text=redactor.redacted_text(excerpt.text), left=excerpt.size - len(excerpt.text))
    value = redactor.redacted(excerpt.value)
    if of > MOST_TREES:
        return ShownJson(text=json.dumps(value, indent=2, ensure_ascii=False))
    return ShownJson(tree=json_tree(value, IN_A_ROW))


def at_length(value: Any) -> ShownJson:
    """As a page has it that shows little else."""
    return ShownJson(tree=json_tree(value))
