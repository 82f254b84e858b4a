"""Several worker processes under one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import click

from .stopping import StopFlag

CHILD: Final = "_TASKER_WORKER_CHILD"
"""Set in the environment of a process that a supervisor started."""

CHECK_SECONDS: Final = 0.2
FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 30.0
EXTRA_GRACE: Final = 10.0


def parent_is_gone(then: Callable[[], None]) -> None:
    """Call ``then`` when the supervisor dies: it holds the other end of this process's standard input."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        then()

    threading.Thread(target=wait, name="tasker-parent", daemon=True).start()


@dataclass
class _Child:
    """A process and, once it has died, when another takes its place."""

    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    delay: float = FIRST_DELAY
    restart_at: float | None = None


class Supervisor:
    """Runs this very command in so many processes, and starts one again, ever more slowly, when it dies."""

    def __init__(self, processes: int, *, grace: float) -> None:
        self._processes = processes
        self._grace = grace
        self._stop = StopFlag()
        self._children: list[_Child] = []

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then stop the children and wait for them."""
        self._stop.on_signals()
        self._children = [self._start(FIRST_DELAY) for _ in range(self._processes)]
        while not self._stop.wait(CHECK_SECONDS):
            self._children = [self._kept(child) for child in self._children]
        self._end()

    def _start(self, delay: float) -> _Child:
        # The command line as it was given, whatever started it: so each process finds the app as this one did.
        command = [sys.executable, *sys.orig_argv[1:]]
        environment = {**os.environ, CHILD: "1"}
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)  # noqa: S603 - our own
        return _Child(process, delay=delay)

    def _kept(self, child: _Child) -> _Child:
        """The child; or, some time after it has died, another in its place."""
        status = child.process.poll()
        if status is None:
            return child
        now = time.monotonic()
        if child.restart_at is None:
            _close(child)
            lived_long = now - child.started > LONGEST_DELAY
            child.delay = FIRST_DELAY if lived_long else child.delay
            child.restart_at = now + child.delay
            click.echo(f"worker process {child.process.pid} ended with {status}; another starts in {child.delay:g} s")
        if now < child.restart_at:
            return child
        return self._start(min(child.delay * 2, LONGEST_DELAY))

    def _end(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + self._grace + EXTRA_GRACE
        for child in self._children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            _close(child)


def _close(child: _Child) -> None:
    if child.process.stdin is not None:
        child.process.stdin.close()
