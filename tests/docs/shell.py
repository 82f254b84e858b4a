"""The shell of one page: the files that it writes, the commands that it runs, and a server beside them."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ADDRESS: Final = "127.0.0.1:5000"
"""Where `flask run` listens, as pages say it; here it is a free port."""

PATIENCE: Final = 150.0
LISTENS: Final = "Running on http://"
"""What `flask run` says once it listens."""
NOT_THE_PAGES: Final = ("COV", "FLASK_", "PYTEST_", "TASKER_")

# Not every machine has curl; the client of the docs' own knows the options that the pages use. Nobody presses buttons.
PRELUDE: Final = "".join(
    f'{name}() {{ {shlex.quote(sys.executable)} -m tests.docs.{name} "$@"; }}\n' for name in ("curl", "press")
)


class Shell:
    """Runs a page's commands in the directory in which it is made; ``said`` is what the last ones wrote."""

    def __init__(self) -> None:
        self.said = ""
        self._folder = Path.cwd()
        self._address = f"127.0.0.1:{_free_port()}"
        self._server: subprocess.Popen[str] | None = None
        self._log: list[str] = []
        self._listens = threading.Event()

    def write(self, path: str, text: str) -> None:
        """Write a file of the page's."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def run(self, commands: str) -> None:
        """Run commands until they end; one that fails is a failure of the page."""
        done = subprocess.run(
            ["sh", "-eu", "-c", PRELUDE + self._here(commands)],
            capture_output=True,
            check=False,
            env=self._environment(),
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{commands}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
        self.said = done.stdout

    def serve(self, command: str) -> None:
        """Start a server that lives as long as the page, and wait until it answers."""
        self._server = subprocess.Popen(
            ["sh", "-c", f"exec {self._here(command)}"],
            env=self._environment(),
            start_new_session=True,
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read, args=[self._server], daemon=True).start()
        assert self._listens.wait(PATIENCE), "".join(self._log)
        assert self._server.poll() is None, "".join(self._log)
        # Whoever comes before it is ready to answer waits in its queue.
        with urllib.request.urlopen(f"http://{self._address}/tasker/health/live", timeout=PATIENCE) as answer:
            answer.read()

    def close(self) -> None:
        """End the server, with what it has started."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGTERM)
            self._server.wait(PATIENCE)

    def _read(self, server: subprocess.Popen[str]) -> None:
        """Note what the server says, until it and all that it has started have ended."""
        assert server.stdout is not None
        with server.stdout:
            for line in server.stdout:
                self._log.append(line)
                if LISTENS in line:
                    self._listens.set()
        self._listens.set()

    def _here(self, commands: str) -> str:
        return commands.replace(ADDRESS, self._address)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_THE_PAGES)}
        return {
            **kept,
            "FLASK_RUN_PORT": self._address.rpartition(":")[2],
            # A user has pytest and our plugin, without those of this project's own tests, which take long to load.
            "PYTEST_ADDOPTS": "-p flask_tasker.testing.fixtures",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")]),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
