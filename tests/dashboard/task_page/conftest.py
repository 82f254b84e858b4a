"""Someone who looks at the page of a task, on each database."""

from __future__ import annotations

import pytest

from flask_tasker.web.dashboard.task_page import current
from tests.dashboard.task_page.watching import Watcher
from tests.http.conftest import Desk


@pytest.fixture(autouse=True)
def _no_page_is_made_anew_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that is another one by the clock alone, between two looks of a test, is not what it is about."""
    monkeypatch.setattr(current, "OPEN_SECONDS", 86_400)


@pytest.fixture
def watcher(desk: Desk) -> Watcher:
    """At the desk's app, in which nothing of an earlier test is remembered."""
    watcher = Watcher(desk)
    watcher.forget()
    return watcher
