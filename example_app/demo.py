"""``python -m example_app.demo``: the shop at work, from an empty database to a table of what happened."""

from __future__ import annotations

import sys

from .demonstration import demonstrate

if __name__ == "__main__":
    sys.exit(demonstrate())
