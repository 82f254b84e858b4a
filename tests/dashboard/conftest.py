"""Someone who uses the pages with a browser, on each database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.dashboard.reading import Seen
from tests.http.conftest import Desk, desk, lasting_desk

__all__ = ["desk", "lasting_desk"]

UI = "/tasker/ui"
SECRET = "a secret of forty characters, for a test."
TOKEN = "tasker_token"
ANY_FORM = "/handlers/one?name=refused"


@dataclass
class Browser:
    """A browser at the pages of a desk's app; it keeps cookies."""

    desk: Desk
    client: FlaskClient

    def get(self, path: str, **options: Any) -> Seen:
        """A page."""
        return Seen(self.client.get(f"{UI}{path}", **options))

    def token(self) -> str:
        """The token of a form that it is shown."""
        return self.get(ANY_FORM).value(TOKEN)

    def send(self, path: str, **fields: Any) -> Seen:
        """Send a form, with the token of one that it is shown."""
        return Seen(self.client.post(f"{UI}{path}", data={TOKEN: self.token(), **fields}))

    def act(self, path: str, **fields: Any) -> Seen:
        """Send a form that is taken, and see the page that it leads to."""
        sent = self.send(path, **fields)
        assert sent.status == 303, sent.text
        return Seen(self.client.get(sent.response.headers["Location"]))

    def step_path(self, task_id: int, name: str) -> str:
        """Where the page of a step is."""
        return f"/tasks/{task_id}/steps/{self.desk.step(task_id, name)['workflow_step_id']}"


@pytest.fixture
def browser(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """At an app that has a key."""
    monkeypatch.setitem(desk.app.config, "SECRET_KEY", SECRET)
    return Browser(desk, desk.app.test_client())


def failed_task(desk: Desk) -> int:
    """A task whose first step has failed for good, and whose second waits for it."""
    task_id = desk.start("refused")
    desk.drain()
    return task_id
