"""The key with which the shop signs cookies and forms."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key_in(folder: Path) -> str:
    """The key in a file of ``folder``, which only its owner may read; made where there is none.

    Enough for a shop on one machine. One on several is given the same key on each, as ``FLASK_SECRET_KEY``.
    """
    path = folder / "secret_key"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(file, "w") as new:
        new.write(secrets.token_hex(32))
    return path.read_text()
