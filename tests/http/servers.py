"""Real servers in front of the shop, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.servers.ports import free_port

COMMANDS = {
    "flask run": ["flask", "--app", "tests.http.serving", "run", "--port", "{port}"],
    "gunicorn": ["gunicorn", "--bind", "127.0.0.1:{port}", "--threads", "4", "tests.http.serving:create_app()"],
}
TRIES = 1_200
"""A minute: a server is long in starting where others have the machine, too."""
_between_tries = threading.Event()


@contextmanager
def served(server: str, database: str, **environment: str) -> Iterator[httpx.Client]:
    """A client of one server, whose base is the prefix of the API."""
    port = free_port()
    command = [sys.executable, "-m", *(part.format(port=port) for part in COMMANDS[server])]
    process = subprocess.Popen(
        command,
        env={**os.environ, "SHOP_DATABASE": database, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/tasker", headers={"X-Who": "root"}, timeout=60) as client:
            wait_for(client, process)
            yield client
    finally:
        process.terminate()
        process.wait()


def wait_for(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    """Until it answers, whatever it says."""
    for _ in range(TRIES):
        try:
            client.get("/tasks?limit=0")
        except httpx.TransportError:
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}") from None
            _between_tries.wait(0.05)
        else:
            return
    raise TimeoutError("the server does not answer")
