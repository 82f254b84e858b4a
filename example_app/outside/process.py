"""The service as a child process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running_service(*, slow_seconds: float = 5.0) -> Iterator[str]:
    """Run the outside systems on a free port for the length of the block, and give their address.

    The child stops by itself when this process is gone, however it went: its standard input ends then.
    """
    command = [sys.executable, "-m", "example_app.outside", "--port", "0", "--until-eof"]
    with subprocess.Popen(
        [*command, "--slow-seconds", str(slow_seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield _address(child)
        finally:
            child.terminate()


def _address(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    address = child.stdout.readline().strip()
    if not address:
        raise RuntimeError(f"the outside systems did not start: exit status {child.wait()}")
    return address
