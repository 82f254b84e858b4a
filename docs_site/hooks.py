"""What MkDocs calls while it builds the site."""

from __future__ import annotations

import re
from typing import Any, Final

from docs_site.states import figure

MERMAID: Final = re.compile(r"^```mermaid\n(stateDiagram-v2\n.*?)^```$", re.MULTILINE | re.DOTALL)


def on_page_markdown(markdown: str, **_more: Any) -> str:
    """Draw the state diagrams: code hosts do so themselves, and a browser would need a script from elsewhere for it."""
    return MERMAID.sub(lambda found: figure(found[1]), markdown)
