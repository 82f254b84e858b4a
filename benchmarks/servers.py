"""PostgreSQL and Redis: those named in the environment, or own ones on loopback.

PostgreSQL keeps its defaults, ``fsync`` and ``synchronous_commit`` above all; Redis keeps nothing on the disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from tests.servers import running_redis
from tests.servers.guard import Guard
from tests.servers.ports import free_port

DATABASE: Final = "TASKER_BENCH_DATABASE_URL"
REDIS: Final = "TASKER_BENCH_REDIS_URL"
DEBIAN: Final = Path("/usr/lib/postgresql")
SETTINGS: Final = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
"""


@dataclass(frozen=True)
class Servers:
    """Where the services are: the maintenance database of PostgreSQL, and a database of Redis that is emptied."""

    postgresql: str
    redis: str

    def database(self, name: str) -> str:
        """The URL of one database."""
        return sa.make_url(self.postgresql).set(database=name).render_as_string(hide_password=False)


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Both services; what was started here ends here."""
    with postgresql() as database, redis() as broker:
        refuse_unsafe(database)
        yield Servers(database, broker)


@contextmanager
def redis() -> Iterator[str]:
    """The one that is named, or one of our own."""
    if REDIS in os.environ:
        yield os.environ[REDIS]
        return
    with running_redis() as server:
        yield server.url


@contextmanager
def postgresql() -> Iterator[str]:
    """The one that is named, or one of our own."""
    if DATABASE in os.environ:
        yield os.environ[DATABASE]
        return
    home = Path(tempfile.mkdtemp(prefix="tasker-bench-"))
    port, binaries, user = free_port(), debian_binaries(), account()
    if user is not None:
        os.chown(home, user, -1)
    try:
        run(
            binaries / "initdb", home, "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", user=user
        )
        with (home / "data" / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        run(binaries / "pg_ctl", home, "start", "--wait", f"--log={home / 'log'}", f"--options=-p {port}", user=user)
        pid = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
        guard = Guard(pid, end_with=signal.SIGQUIT, directory=home)
        try:
            yield f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres"
        finally:
            guard.release()
            run(binaries / "pg_ctl", home, "stop", "--wait", "--mode=fast", user=user)
    finally:
        shutil.rmtree(home)


def run(program: Path, home: Path, *arguments: str, user: int | None) -> None:
    """Run one of PostgreSQL's programs on the cluster in ``home``."""
    command = [str(program), "-D", str(home / "data"), *arguments]
    subprocess.run(command, cwd=home, user=user, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def debian_binaries() -> Path:
    """The newest PostgreSQL of the system: its pgbench measures the floor."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError(f"no PostgreSQL in {DEBIAN}: apt-get install postgresql, or set {DATABASE}")
    return found[-1].parent


def account() -> int | None:
    """Who runs PostgreSQL, which refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def refuse_unsafe(url: str) -> None:
    """Figures of a database that loses what it has committed are worth nothing."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            value = connection.exec_driver_sql(f"SHOW {setting}").scalar()
            if value != "on":
                raise ValueError(f"{setting} must be on where durable steps are measured, got {value!r}")
