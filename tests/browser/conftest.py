"""One browser for all tests, and windows of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.stage import Stage, stage_in
from tests.browser.visitor import Look, Visitor, visiting

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
    """An app that tests only look at."""
    with stage_in(tmp_path_factory.mktemp("browser")) as stage:
        yield stage


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An app of the test's own."""
    with stage_in(tmp_path_factory.mktemp("browser")) as stage:
        yield stage


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens windows, which end with the test."""
    with ExitStack() as stack:

        def open_window(stage: Stage, look: Look) -> Visitor:
            return stack.enter_context(visiting(browser, look, home=stage.url))

        yield open_window
