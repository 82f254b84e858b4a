"""A RabbitMQ of the test process's own, from Debian's package rabbitmq-server."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.errors import ServerDidNotStart
from tests.servers.guard import Guard
from tests.servers.ports import free_port

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 60
STOP_SECONDS = 20


@contextmanager
def running_rabbitmq() -> Iterator[str]:
    """Start a RabbitMQ on free ports of 127.0.0.1, give its URL, and end it and what it left afterwards."""
    if not PROGRAM.exists():
        raise FileNotFoundError(
            "The tests need RabbitMQ: apt-get install rabbitmq-server, or set TASKER_TEST_AMQP_URL to one that runs"
        )
    home = Path(tempfile.mkdtemp(prefix="tasker-rabbitmq-"))
    port, names = free_port(), free_port()
    try:
        with (
            _process(["epmd", "-address", "127.0.0.1", "-port", str(names)], home, {}),
            _process([str(PROGRAM)], home, _environment(home, port=port, names=names)),
        ):
            _wait_until_it_answers(port, home)
            yield f"amqp://guest:guest@127.0.0.1:{port}/"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _process(command: list[str], home: Path, environment: dict[str, str]) -> Iterator[None]:
    """A process in a session of its own: RabbitMQ's script starts others, which end with its group."""
    with (home / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    guard = Guard(process.pid, end_with=signal.SIGTERM, directory=home)
    try:
        yield
    finally:
        guard.release()
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(home: Path, *, port: int, names: int) -> dict[str, str]:
    return {
        "HOME": str(home),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_BASE": str(home),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_NODENAME": "tasker@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_PID_FILE": str(home / "pid"),
    }


def _wait_until_it_answers(port: int, home: Path) -> None:
    """Wait until it speaks AMQP: it answers a header of no version with the one that it speaks."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x00\x00")
                if connection.recv(4) == b"AMQP":
                    return
        except OSError:
            time.sleep(0.2)
    raise ServerDidNotStart("RabbitMQ", home / "rabbitmq-server.log", "TASKER_TEST_AMQP_URL")
