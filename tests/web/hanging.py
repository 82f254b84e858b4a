"""Databases that do not answer: a server that is frozen, one that is not there, and a way to it that falls silent."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.servers import PostgresServer


@contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    """Stop every process of ``server`` where it stands: connections stay, and nothing is answered."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    processes = [server.pid, *map(int, children)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@contextmanager
def down(server: PostgresServer) -> Iterator[None]:
    """Stop ``server``, and start it again."""
    server.stop("immediate")
    try:
        yield
    finally:
        server.start()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another connection holds what every request needs: on PostgreSQL the tables, on SQLite the whole file."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("LOCK TABLE tasker_tasks IN ACCESS EXCLUSIVE MODE"))
        try:
            yield
        finally:
            connection.rollback()


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Another connection has a SQLite file for itself: it is no longer in WAL mode, and nobody may even read."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.isolation_level = None
        driver.execute("PRAGMA journal_mode=DELETE").close()
        driver.execute("BEGIN EXCLUSIVE").close()
        try:
            yield
        finally:
            driver.execute("ROLLBACK").close()


@contextmanager
def silent_port() -> Iterator[int]:
    """Where everybody may connect, and nobody ever says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


class Proxy:
    """Passes on what is said to and fro, until it falls silent; it goes on accepting connections then."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._speaks = threading.Event()
        self._speaks.set()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._lines: list[socket.socket] = [self._server]
        self._start(self._accept)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.getsockname()[1]
        return port

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Pass nothing on meanwhile."""
        self._speaks.clear()
        try:
            yield
        finally:
            self._speaks.set()

    def close(self) -> None:
        """Break everything off."""
        self._speaks.set()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _start(self, work: object, *args: object) -> None:
        threading.Thread(target=work, args=args, daemon=True).start()  # type: ignore[arg-type]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._server.accept()
                self._lines.append(line)
                self._start(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        self._speaks.wait()
        with suppress(OSError):
            other = socket.create_connection(("127.0.0.1", self._target))
            self._lines.append(other)
            self._start(self._pass_on, line, other)
            self._pass_on(other, line)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self._speaks.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
