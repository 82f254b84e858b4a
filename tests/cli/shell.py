"""``flask`` as a process of its own, for what only a process has: an exit code, a pipe, a terminal, signals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
APP = "tests.cli.shop:create_app"
EXTRAS = ("rich", "prometheus_client", "opentelemetry", "strawberry", "graphql", "httpx", "pika")
"""What the extras bring."""
WITHOUT = """
import os
import sys

class Without:
    def __init__(self, finder):
        self._finder = finder

    def __getattr__(self, name):
        return getattr(self._finder, name)

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in MISSING else self._finder.find_spec(name, path, target)

MISSING = os.environ["_TEST_WITHOUT"].split()
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
sys.argv[0] = "flask"
from flask.cli import main
main()
"""
UNWANTED = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM")
SIZE = (40, 120)
"""Lines and columns of a terminal."""


@dataclass(frozen=True)
class Shell:
    """A shell in which the shop's variables are set, of a machine that has not got what is ``missing``."""

    url: str
    settings: dict[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run ``flask tasker`` to its end, with pipes for its input and output."""
        return subprocess.run(
            self._command(*words),
            env=self._environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """``flask tasker``, which is killed with the block if it has not ended by then."""
        with subprocess.Popen(
            self._command(*words),
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def on_terminal(self, *words: str, typed: str = "") -> tuple[int, str]:
        """Run it on a terminal on which that is typed: its exit code, and all that the terminal was sent."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, SIZE)
        os.write(ours, typed.encode())
        process = subprocess.Popen(
            self._command(*words),
            env={"TERM": "xterm-256color", **self._environment()},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            close_fds=True,
        )
        os.close(theirs)
        sent = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        return process.wait(60), sent.decode()

    def _command(self, *words: str) -> list[str]:
        start = ["-c", WITHOUT] if self.missing else ["-m", "flask"]
        return [sys.executable, *start, "--app", APP, "tasker", *words]

    def _environment(self) -> dict[str, Any]:
        given = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        ours = {"FLASK_SQLALCHEMY_DATABASE_URI": self.url, "PYTHONPATH": str(ROOT)}
        return {**given, **ours, "_TEST_WITHOUT": " ".join(self.missing), **self.settings}


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # Linux has no end of file on a terminal that nobody holds any more.
        return b""
