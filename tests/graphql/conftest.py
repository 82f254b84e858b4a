"""A whole app on each database, asked over GraphQL by someone who may be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from tests.http.conftest import Desk, desk_on
from tests.servers import fresh_database
from tests.web.rows import delete_rows


@dataclass
class Teller:
    """Asks over GraphQL at a desk."""

    desk: Desk

    def __call__(self, query: str, /, **variables: Any) -> Any:
        """Ask; gives the body of the answer, which is a 200 whatever it says."""
        status, body = self.desk("POST", "/graphql", {"query": query, "variables": variables})
        assert status == 200, body
        return body

    def data(self, query: str, /, **variables: Any) -> Any:
        """Ask what is answered without errors; gives the data."""
        body = self(query, **variables)
        assert "errors" not in body, body
        return body["data"]

    def error(self, query: str, /, **variables: Any) -> Any:
        """Ask what is answered with one error; gives it."""
        (error,) = self(query, **variables)["errors"]
        return error

    def code(self, query: str, /, **variables: Any) -> str:
        """Ask what is answered with one error; gives its code."""
        code: str = self.error(query, **variables)["extensions"]["code"]
        return code

    def faults(self, query: str, /, **variables: Any) -> Any:
        """Ask what is refused for the value of fields; gives the messages by field."""
        error = self.error(query, **variables)
        assert error["extensions"]["code"] == "INVALID"
        return error["extensions"]["faults"]

    def failed(self) -> tuple[int, int]:
        """A task that has failed for good, and its failed step."""
        task_id = self.desk.start("refused")
        self.desk.drain()
        return task_id, self.desk.step(task_id, "first")["workflow_step_id"]

    def complete(self, **task: Any) -> int:
        """A task that is complete."""
        task_id = self.desk.start(**task)
        self.desk.drain()
        return task_id


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lasting_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL, for all tests of this folder."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('graphql') / 'tasker.sqlite'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))
        yield stack.enter_context(desk_on(url))


@pytest.fixture
def desk(lasting_desk: Desk) -> Desk:
    """The same without rows, and with everything allowed."""
    delete_rows(engine_of(lasting_desk))
    lasting_desk.access = True
    lasting_desk.asked.clear()
    return lasting_desk


@pytest.fixture
def ask(desk: Desk) -> Teller:
    """Someone who asks."""
    return Teller(desk)


def engine_of(desk: Desk) -> sa.Engine:
    """The engine that the app reads with."""
    engine: sa.Engine = desk.app.extensions["tasker"].runtime.database.engine
    return engine
