"""What the client of the REST API takes, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_type

from flask_tasker import TaskStatus
from flask_tasker.client import BulkResult, Step, Task, TaskerClient


def ask(client: TaskerClient, since: datetime) -> None:
    assert_type(client.create("copy", context={"order": 7}, reason=None, tags=("a", "b")), Task)
    assert_type(client.tasks(page_size=10, status=TaskStatus.ERROR, requested_after=since), Iterator[Task])
    assert_type(client.get(7).workflow_steps, tuple[Step, ...])
    assert_type(client.get(7).completed_at, datetime | None)
    assert_type(client.bulk("cancel", tag="red", dry_run=True), BulkResult)
    assert_type(client.count(), int)
    with client as same:
        assert_type(same, TaskerClient)
