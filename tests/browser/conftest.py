"""One browser and a few apps for all tests of a process, and windows of that browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from flask_tasker import HandlerFactory
from tests.browser.handlers import ENDLESS, LONG, SHOWN, WIDE, handlers
from tests.browser.stage import Stage, stage_in
from tests.browser.visitor import Look, Visitor, visiting
from tests.fuzz.states import fill

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""It asks nothing of anybody but the app."""
KEY: Final = "of the tests"

Visit = Callable[[Stage, Look], Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the system has it."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program is not None, f"none of {PROGRAMS} is installed: on Debian and Ubuntu, apt install chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=QUIET, chromium_sandbox=False)
        yield found
        found.close()


@pytest.fixture(scope="session")
def lasting_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An app with tasks in every state, that tests only look at."""
    with stage_in(tmp_path_factory.mktemp("lasting"), handlers(), SECRET_KEY=KEY) as stage:
        stage.start(WIDE)
        stage.worked(SHOWN, {LONG: LONG}, namespace=LONG[:60], reason=LONG, tags=(LONG, "short"), source_system=LONG)
        fill(stage.app, stage.tasker, stage.engine)
        # What is started now is left alone.
        stage.start(ENDLESS)
        yield stage


@pytest.fixture(scope="session")
def bare_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An app on its first day: no tasks, no handlers, and no key to sign forms with."""
    with stage_in(tmp_path_factory.mktemp("bare"), HandlerFactory()) as stage:
        yield stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An app in which tests start tasks of their own, and do something to them."""
    with stage_in(tmp_path_factory.mktemp("stage"), handlers(), SECRET_KEY=KEY) as stage:
        yield stage


@pytest.fixture(scope="session")
def _windows(browser: Browser) -> Iterator[Visit]:
    with ExitStack() as stack:
        yield cache(lambda stage, look: stack.enter_context(visiting(browser, look, home=stage.home)))


@pytest.fixture
def look_in(_windows: Visit) -> Iterator[Visit]:
    """Gives the window that looks at a stage, which those before have used, too: for tests that change nothing."""
    used: list[Visitor] = []

    def window(stage: Stage, look: Look) -> Visitor:
        visitor = _windows(stage, look)
        visitor.complaints.clear()
        used.append(visitor)
        return visitor

    yield window
    for visitor in used:
        # Else a page that follows would ask on and on.
        visitor.page.goto("about:blank")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens windows of the test's own."""
    with ExitStack() as stack:
        yield lambda stage, look: stack.enter_context(visiting(browser, look, home=stage.home))
