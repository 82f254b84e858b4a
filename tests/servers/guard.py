"""A guard for a server: it ends the server when the test process dies without doing so itself."""

import signal
import subprocess
from pathlib import Path

# `read` fails at the end of the pipe, which is when the test process is gone, however it went.
SCRIPT = 'read -r _ || { kill -s "$1" "$2"; rm -rf -- "$3"; }'


class Guard:
    """Watches over one server process until it is released.

    A pytest-xdist worker or a timed-out test may end in ``os._exit``, where no fixture is torn down.
    """

    def __init__(self, pid: int, *, end_with: signal.Signals, directory: Path) -> None:
        arguments = [end_with.name.removeprefix("SIG"), str(pid), str(directory)]
        # In a session of its own, Ctrl-C in the terminal does not end the guard before its time.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "guard", *arguments], stdin=subprocess.PIPE, start_new_session=True
        )

    def release(self) -> None:
        """Let the server be: its owner ends it now."""
        self._process.communicate(b"\n")
