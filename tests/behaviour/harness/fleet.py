"""Worker processes, started as a user starts them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.behaviour.eventually import eventually

ROOT = Path(__file__).parents[3]
APP = "tests.behaviour.app"


@dataclass
class Fleet:
    """A supervisor and its worker processes; what they print is in ``log``."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """All that was printed so far."""
        return self.log.read_text()

    @property
    def worker_pids(self) -> list[int]:
        """The process of every worker that ever said that it runs, in that order."""
        return [int(pid) for pid in re.findall(r"^worker \S+?:(\d+):\S+ runs$", self.said, re.MULTILINE)]

    @property
    def living(self) -> list[int]:
        """The processes of the workers that live."""
        return [pid for pid in self.worker_pids if is_alive(pid)]

    @property
    def has_ended(self) -> bool:
        """Whether the supervisor is gone."""
        return self.process.poll() is not None

    def wait_for_workers(self, number: int) -> list[int]:
        """Wait until so many workers in all have said that they run."""
        eventually(lambda: len(self.worker_pids) >= number or self.has_ended, within=60, what=lambda: self.said)
        assert not self.has_ended, self.said
        return self.worker_pids

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let every worker stand still for a while."""
        pids = self.living
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def terminate(self, *, within: float = 30) -> int:
        """Send SIGTERM, and give back the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def end(self) -> None:
        """End every process that still lives."""
        if self.process.poll() is None:
            try:
                self.terminate()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in self.worker_pids:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def running_fleet(
    log: Path,
    config: Mapping[str, Any],
    *,
    processes: int = 2,
    threads: int = 4,
    app: str = APP,
    options: Sequence[str] = (),
) -> Iterator[Fleet]:
    """Run ``flask tasker worker`` with ``config`` in its environment until the block ends."""
    command = [sys.executable, "-m", "flask", "--app", app, "tasker", "worker"]
    options = ["--processes", str(processes), "--threads", str(threads), *options]
    settings = {f"FLASK_{key}": str(value) for key, value in config.items()}
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **settings}
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    fleet = Fleet(process, log)
    try:
        fleet.wait_for_workers(processes)
        yield fleet
    finally:
        fleet.end()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and that nobody has waited for does not."""
    if not exists(pid):
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        # It ended while its state was being read.
        return False


def exists(pid: int) -> bool:
    """Whether there is such a process, even one that has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
