"""The name of a process in leases, history and register."""

from __future__ import annotations

import re
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from flask_tasker.engine import runtime
from tests.reliability.lab import Lab

THREADS = 4


def test_threads_that_ask_first_at_the_same_moment_are_told_the_same_name(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(THREADS)

    def drawn_together(size: int) -> str:
        together.wait(30)
        return secrets.token_bytes(size).hex()

    monkeypatch.setattr(runtime, "_lives", {})
    monkeypatch.setattr(secrets, "token_hex", drawn_together)
    with ThreadPoolExecutor(THREADS) as pool:
        names = set(pool.map(lambda _: lab.runtime.worker, range(THREADS)))
    assert len(names) == 1


def test_a_name_tells_two_lives_of_one_process_id_apart(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    name = lab.runtime.worker
    assert lab.runtime.worker == name
    assert re.fullmatch(r"[^:]+:\d+:[0-9a-f]{6}", name)
    monkeypatch.setattr(runtime, "_lives", {})
    assert lab.runtime.worker != name
