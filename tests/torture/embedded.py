"""SQLite, and one process that serves the app with its embedded worker."""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from flask_tasker import DuplicateTaskError
from tests.servers.ports import free_port
from tests.torture.fleet import Fleet
from tests.torture.grounds import APP, LEASE_SECONDS, Ground, app_with_tables, environment_of
from tests.torture.life import Command
from tests.torture.mischief import ProcessMischief
from tests.torture.plans import TaskPlan
from tests.torture.starter import StartFailed
from tests.torture.tally import Tally

ANSWER_SECONDS: Final = 10.0
SIGTERM_CODE: Final = -15
PAUSES: Final = 15
"""In a run of 300 s: while the only process is paused, nothing else happens."""


@contextmanager
def sqlite(home: Path, _tally: Tally) -> Iterator[Ground]:
    """A database in a file, and ``flask run``."""
    config = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{home / 'torture.sqlite'}", "TASKER_BROKER_URL": "memory://"}
    port = free_port()
    with app_with_tables(config):
        engine = sa.create_engine(config["SQLALCHEMY_DATABASE_URI"])
        fleet = Fleet([serve_command(config, port)], home)
        yield Ground(
            name="SQLite, one serving process with its embedded worker of 4 threads",
            pace=2.0,
            fewest=30,
            lives=(0.6, 2.5),
            kills_needed=30,
            engine=engine,
            fleet=fleet,
            start=posting_to(port),
            mischief=[ProcessMischief(fleet=fleet, engine=engine, lease_seconds=LEASE_SECONDS, pauses=PAUSES).all()],
        )
        engine.dispose()


def serve_command(config: Mapping[str, Any], port: int) -> Command:
    """``flask run``, which SIGTERM ends as it ends any Python program."""
    return Command(
        arguments=[sys.executable, "-m", "flask", "--app", APP, "run", "--port", str(port), "--no-reload"],
        environment=environment_of(config),
        ready=r"Running on http://",
        end_codes=(SIGTERM_CODE,),
    )


def posting_to(port: int) -> Callable[[TaskPlan], None]:
    """Starts tasks in the serving process."""

    def post(plan: TaskPlan) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/start", body=json.dumps(plan.to_json()), headers=headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise StartFailed from error
        finally:
            connection.close()
        if status == http.HTTPStatus.CONFLICT:
            raise DuplicateTaskError("it is there")
        if status != http.HTTPStatus.CREATED:
            raise StartFailed(f"it answered {status}")

    return post
