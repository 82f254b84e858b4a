"""One process, from its start to its end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.servers.guard import Guard

ROOT: Final = Path(__file__).parents[2]
SECONDS_BETWEEN_LOOKS: Final = 0.05
SECONDS_SPARED: Final = 1.5
DEAD_THREAD: Final = "Exception in thread"


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to start, and the line in its output that says that it is ready."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    ready: str
    end_codes: Sequence[int] = field(default=(0,))


class Life:
    """A running process whose output goes to ``log``; it does not outlive the one that started it."""

    def __init__(self, command: Command, log: Path) -> None:
        self.log = log
        self.is_paused = False
        self._command = command
        self._sent: set[signal.Signals] = set()
        self._stuck = False
        self._ready_since: float | None = None
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **command.environment}
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                command.arguments, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        self._guard: Guard | None = Guard(self._process.pid, end_with=signal.SIGKILL, directory=log.parent)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it is gone."""
        ended = self._process.poll() is not None
        if ended and self._guard is not None:
            self._guard.release()
            self._guard = None
        return ended

    @property
    def seconds_ready(self) -> float:
        """How long it has been ready; 0 where it is not."""
        if self._ready_since is None and re.search(self._command.ready, self.said, re.MULTILINE):
            self._ready_since = time.monotonic()
        return 0.0 if self.has_ended or self._ready_since is None else time.monotonic() - self._ready_since

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text(errors="replace")

    @property
    def ended_by_its_step(self) -> bool:
        """Whether it was killed, and not by us."""
        return self._process.poll() == -signal.SIGKILL and signal.SIGKILL not in self._sent

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it is gone."""
        if not self.has_ended:
            self._sent.add(number)
            self._process.send_signal(number)

    def pause(self) -> None:
        """Stop its clock, as a host does that is migrated or out of memory."""
        self.is_paused = True
        self.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on as if nothing had been; what it does now is what counts, so it is spared for a while."""
        if self.is_paused:
            self.send(signal.SIGCONT)
            self.is_paused = False
            self._ready_since = time.monotonic() + SECONDS_SPARED

    def wait_until_ready(self, deadline: float) -> None:
        """Wait for the line that says so.

        Raises:
            AssertionError: it ended, or did not become ready in time.
        """
        while self.seconds_ready == 0:
            assert not self.has_ended, f"a process ended before it was ready:\n{self.said}"
            assert time.monotonic() < deadline, f"a process is not ready:\n{self.said}"
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def end(self, deadline: float) -> None:
        """Wait for its end, and kill it at the deadline."""
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._stuck = True
            self.send(signal.SIGKILL)
            self._process.wait()
        assert self.has_ended

    def faults(self) -> list[str]:
        """What was wrong with how it lived and ended: a thread that died, an end that nobody asked for."""
        code = self._process.returncode
        # Told to stop before it was ready to listen, it ends as the signal's default has it.
        early = (-signal.SIGTERM,) if self._ready_since is None else ()
        told = (*self._command.end_codes, *early)
        expected = code == -signal.SIGKILL or (signal.SIGTERM in self._sent and code in told)
        found = [] if expected else [f"{self.log.name}: ended with {code}:\n{self.said[-2000:]}"]
        if self._stuck:
            found.append(f"{self.log.name}: did not stop in time when told to:\n{self.said[-2000:]}")
        if DEAD_THREAD in self.said:
            at = self.said.index(DEAD_THREAD)
            found.append(f"{self.log.name}: a thread died:\n{self.said[at : at + 3000]}")
        return found
