"""Running the served shop as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLASK = ("flask", "--app", "tests.host.served")


def environment_of(url: str, **settings: str) -> dict[str, str]:
    """The environment of a process that serves the shop on ``url``."""
    own = {"FLASK_SQLALCHEMY_DATABASE_URI": url, "FLASK_TASKER_SWEEP_SECONDS": "0.2", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **own, **settings}


def run_module(url: str, *module: str, given: str = "", **settings: str) -> str:
    """Run ``python -m module`` to its end and return what it printed; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", *module],
        env=environment_of(url, **settings),
        input=given,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def running_module(url: str, *module: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m module`` for as long as the ``with`` lasts; then end it with all that it started."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        env=environment_of(url, **settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # The reloader's child is in the session that was started here, and so in the process group of that id.
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
