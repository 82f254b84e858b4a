"""Jitter: drawn from no generator of the app's, which a test of its own may have seeded."""

from __future__ import annotations

import os
import random
from typing import Final

jitter: Final = random.Random()  # noqa: S311 - jitter is no secret
"""A forked child draws other numbers than its parent: that is what jitter is for."""

os.register_at_fork(after_in_child=jitter.seed)
