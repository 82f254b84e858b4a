"""The files that pages load: our stylesheet, and htmx; all from the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Response, send_from_directory

FILES: Final = Path(__file__).parent / "assets"
ENDPOINT: Final = "asset"


def asset(name: str) -> Response:
    """A file that pages load, with an ETag; 404 for any other."""
    return send_from_directory(FILES, name)
