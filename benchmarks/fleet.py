"""Worker processes, as an operator starts them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.options import RESULTS, ROOT

STOP_SECONDS = 15.0


class Fleet:
    """Groups of worker processes, each under a supervisor of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._groups: list[subprocess.Popen[bytes]] = []

    def start(self, *, processes: int, threads: int) -> None:
        """Start one more group: ``flask tasker worker``."""
        command = ["-m", "flask", "tasker", "worker", "--processes", str(processes), "--threads", str(threads)]
        with self._log().open("wb") as log:
            self._groups.append(
                subprocess.Popen(
                    [sys.executable, *command],
                    env=dict(self._environment),
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def stop(self) -> None:
        """Stop them as a deploy does; kill what is left."""
        everyone = self.tree()
        for group in self._groups:
            group.send_signal(signal.SIGTERM)
        _, left = psutil.wait_procs(everyone, timeout=STOP_SECONDS)
        for process in left:
            process.kill()
        for group in self._groups:
            group.wait()
        self._groups = []

    def tree(self) -> Sequence[psutil.Process]:
        """Supervisors and workers."""
        found = []
        for group in self._groups:
            try:
                top = psutil.Process(group.pid)
                found += [top, *top.children(recursive=True)]
            except psutil.NoSuchProcess:
                raise RuntimeError(f"a worker has ended; its words are in {RESULTS}") from None
        return found

    def workers(self) -> Sequence[psutil.Process]:
        """Those that run steps: a supervisor has children and runs none."""
        return [process for process in self.tree() if not process.children()]

    def _log(self) -> Path:
        RESULTS.mkdir(exist_ok=True)
        return RESULTS / f"worker{len(self._groups)}.log"
