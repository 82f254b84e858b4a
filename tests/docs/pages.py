"""The pages of the documentation, and the tables in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted([ROOT / "README.md", *DOCS.glob("**/*.md")])


def name_of(page: Path) -> str:
    """The page's path inside the repository."""
    return str(page.relative_to(ROOT))


def section(text: str, heading: str) -> str:
    """What stands below ``heading``, up to the next heading of its level."""
    level = heading.partition(" ")[0]
    below = text.partition(f"{heading}\n")[2]
    assert below, f"there is no {heading!r}"
    return re.split(rf"^{level} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str, *, head: str) -> list[list[str]]:
    """The cells of all tables whose first column is called ``head``, without backticks around a whole cell."""
    found: list[list[str]] = []
    wanted = False
    for line in text.splitlines():
        if not line.startswith("| "):
            wanted = wanted and line.startswith("|---")
            continue
        cells = [cell.strip() for cell in line.strip("| ").replace("\\|", "\0").split(" | ")]
        if not wanted:
            wanted = cells[0] == head
        else:
            found.append([re.sub(r"^`([^`]*)`$", r"\1", cell.replace("\0", "|")) for cell in cells])
    return found
