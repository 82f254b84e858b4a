"""Someone who looks at the page of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from flask_tasker.web.dashboard import task
from flask_tasker.web.dashboard.task_page import current, snapshot
from tests.dashboard.task_page.parsed import Element, parsed
from tests.http.conftest import Desk
from tests.web.rows import COMPLETE, Rows, StepRow

UI = "/tasker/ui"


@dataclass
class Watcher:
    """Looks at tasks of a desk's app.

    Attributes:
        version: of the part that follows the task, as it was last shown.
    """

    desk: Desk
    version: str = field(default="", init=False)

    @property
    def rows(self) -> Rows:
        """Writes tasks as the engine leaves them."""
        return Rows(self.desk.app.extensions["tasker"].runtime.database.engine)

    def forget(self) -> None:
        """Let a second, or more, have passed since anybody looked."""
        for shared in (current._versions, snapshot._snapshots, task._parts):
            shared._by_pool.clear()

    def page(self, task_id: int, query: str = "") -> Element:
        """The page of a task."""
        response = self.desk.client.get(f"{UI}/tasks/{task_id}?{query}")
        assert response.status_code == 200, response.text
        found = parsed(response.text)
        self.version = found.one("div", id="live").attributes["data-version"]
        return found

    def follow(self, task_id: int, query: str = "") -> TestResponse:
        """What a script asks for again and again."""
        return self.desk.client.get(f"{UI}/tasks/{task_id}/live?{query}", headers={"If-None-Match": self.version})


def chain(length: int, **columns: Any) -> list[StepRow]:
    """Steps that wait for each other."""
    names = [f"step_{number}" for number in range(length)]
    return [
        StepRow(name=name, parents=names[number - 1 : number] if number else [], columns=columns)
        for number, name in enumerate(names)
    ]


def fan(width: int, *, failed: Sequence[int] = ()) -> list[StepRow]:
    """A step that is done, so many that wait for it and are done or ``failed``, and one that waits for these."""
    middle = [f"ship_{number}" for number in range(width)]
    gone_wrong = {"status": "error", "attempts": 3, "error": "no such parcel"}
    return [
        StepRow(name="plan", columns=COMPLETE),
        *(
            StepRow(name=name, parents=["plan"], columns=gone_wrong if number in failed else COMPLETE)
            for number, name in enumerate(middle)
        ),
        StepRow(name="report", parents=middle),
    ]
