"""Someone who looks at the page of a task, on each database."""

from __future__ import annotations

import pytest

from tests.dashboard.task_page.watching import Watcher
from tests.http.conftest import Desk


@pytest.fixture
def watcher(desk: Desk) -> Watcher:
    """At the desk's app, in which nothing of an earlier test is remembered."""
    watcher = Watcher(desk)
    watcher.forget()
    return watcher
