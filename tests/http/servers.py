"""Real servers in front of the shop, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from tests.behaviour.eventually import eventually

# On a port that the system gives them: one that was free a moment ago may belong to another test by now.
COMMANDS: Final = {
    "flask run": ["flask", "--app", "tests.http.serving", "run", "--port", "0"],
    "gunicorn": ["gunicorn", "--bind", "127.0.0.1:0", "--threads", "4", "tests.http.serving:create_app()"],
}
START_SECONDS: Final = 60
"""A second is enough on a quiet machine. One that many tests share has needed more than ten."""


@contextmanager
def served(server: str, database: str, **environment: str) -> Iterator[httpx.Client]:
    """A client of one server, whose base is the prefix of the API."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *COMMANDS[server]],
                env={**os.environ, "SHOP_DATABASE": database, **environment},
                stdout=subprocess.DEVNULL,
                stderr=out,
            )
        try:
            address = f"{listening(process, log)}/tasker"
            with httpx.Client(base_url=address, headers={"X-Who": "root"}, timeout=START_SECONDS) as client:
                client.get("/tasks?limit=0")
                yield client
        finally:
            process.terminate()
            process.wait()


def listening(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where it says that it listens, once it does."""

    def said() -> re.Match[str] | None:
        assert process.poll() is None, f"the server ended with {process.returncode}: {log.read_text()}"
        return re.search(r"(?:Running on|Listening at:) (http://\S+)", log.read_text())

    found = eventually(said, within=START_SECONDS, what=log.read_text)
    assert found is not None
    return found[1]
