"""The name of a process in leases, history and register."""

from __future__ import annotations

import re
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from flask_tasker.engine import runtime
from tests.reliability.lab import Lab

THREADS = 4


def test_threads_that_ask_first_at_the_same_moment_are_told_the_same_name(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, nobody = threading.Barrier(THREADS), 0
    # This process has its name: workers of other tests' apps, which ask for it meanwhile, draw none.
    assert lab.runtime.worker

    def drawn_together(size: int) -> str:
        together.wait(30)
        return secrets.token_bytes(size).hex()

    monkeypatch.setattr(runtime, "_lives", dict(runtime._lives))
    monkeypatch.setattr(runtime, "secrets", SimpleNamespace(token_hex=drawn_together))
    with ThreadPoolExecutor(THREADS) as pool:
        names = set(pool.map(runtime._process_name, [nobody] * THREADS))
    assert len(names) == 1


def test_a_name_tells_two_lives_of_one_process_id_apart(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    name = lab.runtime.worker
    assert lab.runtime.worker == name
    assert re.fullmatch(r"[^:]+:\d+:[0-9a-f]{6}", name)
    monkeypatch.setattr(runtime, "_lives", {})
    assert lab.runtime.worker != name
