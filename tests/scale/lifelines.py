"""What a worker process holds on to, and what it says: to be the same after an outage as before it."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Final

import sqlalchemy as sa

RECORD = re.compile(r"^\S.*", re.MULTILINE)
STATEMENT: Final = re.compile(r"^\[SQL: .*?^\(Background on", re.DOTALL | re.MULTILINE)
CONNECTIONS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def threads_of(pid: int) -> int:
    """How many threads the process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def connections_to(url: str) -> int:
    """How many connections there are to the database, but for the one that asks."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return int(connection.execute(CONNECTIONS).scalar_one())


def complaints_in(said: str) -> list[str]:
    """The lines that begin a message of the log, without the lines of tracebacks and of the statements in them."""
    said = STATEMENT.sub("", said)
    return [line for line in RECORD.findall(said) if not line.startswith(("Traceback", "During", "The above", "("))]


def for_a_while(seconds: float) -> None:
    """Let an outage last."""
    threading.Event().wait(seconds)
