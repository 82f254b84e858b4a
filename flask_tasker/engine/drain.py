"""Working through all that is ready, in the calling thread."""

from __future__ import annotations

from .backlog import Backlog
from .runtime import Runtime
from .sweep import Sweep
from .work import work


def drain(runtime: Runtime) -> int:
    """Run ready steps and due retries until none is left; give back how many attempts that were.

    What has been due for longest is run first.

    Retries that are due later are left for later.
    """
    backlog, sweep = Backlog(runtime, shuffled=False), Sweep(runtime)
    attempts = 0
    while True:
        message = backlog.next()
        if message is not None:
            attempts += work(runtime, message)
        elif not sweep():
            return attempts
