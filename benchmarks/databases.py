"""An empty database with the tables in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks.options import ROOT
from benchmarks.servers import Servers

NAME: Final = "tasker_bench"
APP: Final = "benchmarks.shop"


@contextmanager
def fresh_postgresql(servers: Servers, name: str = NAME) -> Iterator[str]:
    """Make a database with the tables, as their migrations make them; drop it with whoever is connected to it."""
    execute(servers.postgresql, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    url = servers.database(name)
    make_tables(url)
    try:
        yield url
    finally:
        execute(servers.postgresql, f"DROP DATABASE {name} WITH (FORCE)")


def fresh_sqlite(home: Path) -> str:
    """Make a file with the tables."""
    url = f"sqlite:///{home / 'bench.sqlite'}"
    make_tables(url)
    return url


def environment(url: str, broker: str) -> Mapping[str, str]:
    """What tells a process of the app where its services are."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FLASK_APP": APP,
        "FLASK_SQLALCHEMY_DATABASE_URI": url,
        "FLASK_TASKER_BROKER_URL": broker,
    }


def make_tables(url: str) -> None:
    """Run the migrations."""
    command = [sys.executable, "-m", "flask", "tasker", "db", "upgrade"]
    subprocess.run(command, env=environment(url, "inline://"), cwd=ROOT, check=True, capture_output=True)


def execute(url: str, *statements: str) -> None:
    """Run statements outside of a transaction."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
