"""A whole app on each database, asked over GraphQL by someone who may be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from tests.http.conftest import Desk, desk, lasting_desk

__all__ = ["desk", "lasting_desk"]


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


@pytest.fixture
def ask(desk: Desk) -> Teller:
    """Someone who asks."""
    return Teller(desk)


def engine_of(desk: Desk) -> sa.Engine:
    """The engine that the app reads with."""
    engine: sa.Engine = desk.app.extensions["tasker"].runtime.database.engine
    return engine
