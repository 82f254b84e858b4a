"""Processes that create tasks, all let go at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.host.processes import environment_of


@contextmanager
def creator(url: str, number: int, *actions: str) -> Iterator[subprocess.Popen[str]]:
    """A process that does ``actions`` of ``tests.concurrency.creating``, each when it is told to."""
    command = [sys.executable, "-m", "tests.concurrency.creating", url, str(number), *actions]
    environment = environment_of(url)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def told_together(processes: list[subprocess.Popen[str]]) -> list[Any]:
    """Wait until all are ready, let all go, and gather their outcomes."""
    assert [_line_of(process) for process in processes] == ["ready"] * len(processes)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [one for process in processes for one in json.loads(_line_of(process))]


def _line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
