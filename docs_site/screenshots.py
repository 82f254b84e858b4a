"""``python -m docs_site.screenshots``: pictures of the dashboard, of the example shop as ``make serve`` opens it."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import PROGRAMS, QUIET

ROOT: Final = Path(__file__).parents[1]
IMAGES: Final = ROOT / "docs" / "images"
LARGEST: Final = 150_000
QUALITY: Final = 90
PATIENCE: Final = 120_000.0
"""Milliseconds until all tasks of the shop have ended: outside systems that answer too late are among its troubles."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is taken: how one comes there from the overview, and how it is looked at."""

    go: Callable[[Page], None]
    width: int = 1440
    height: int = 900
    scheme: Literal["light", "dark"] = "light"


def main() -> None:
    """Take all pictures, and say what they are."""
    IMAGES.mkdir(exist_ok=True)
    with shop() as url, chromium() as browser:
        for name, picture in PICTURES.items():
            data = taken(browser, url, picture)
            if len(data) > LARGEST:
                raise ValueError(f"{name} has {len(data)} bytes, more than {LARGEST}: take a smaller window")
            (IMAGES / f"{name}.webp").write_bytes(data)
            print(f"{len(data):7} bytes  {name}.webp")


@contextmanager
def shop() -> Iterator[str]:
    """The address of the shop's dashboard, on a new database."""
    with tempfile.TemporaryDirectory(prefix="tasker-shop-") as folder:
        environment = {"FLASK_SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/shop.sqlite", "FLASK_SECRET_KEY": folder}
        process = subprocess.Popen(
            [sys.executable, "-m", "example_app.serve"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process:
            try:
                line = next(line for line in process.stdout or () if line.startswith("Its tasks are to be seen"))
                yield line.split()[-1]
            finally:
                process.send_signal(signal.SIGTERM)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the system."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit(f"none of {PROGRAMS} is installed: on Debian and Ubuntu, apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET, chromium_sandbox=False)
        yield browser
        browser.close()


def taken(browser: Browser, url: str, picture: Picture) -> bytes:
    """One picture, as WebP."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme
    )
    page = context.new_page()
    page.goto(url)
    for state in ("pending", "in_progress"):
        expect(page.locator(f"#state-{state} .count")).to_have_text("0", timeout=PATIENCE)
    picture.go(page)
    # Playwright itself knows no WebP, which is a third of the size.
    options = {"format": "webp", "quality": QUALITY}
    data: str = context.new_cdp_session(page).send("Page.captureScreenshot", options)["data"]
    context.close()
    return base64.b64decode(data)


def to_overview(page: Page) -> None:
    """Stay, and see the figures of all that has ended."""
    page.reload()


def to_tasks(page: Page) -> None:
    """The list."""
    page.get_by_role("navigation").get_by_role("link", name="Tasks").click()
    page.wait_for_load_state()


def to_failure(page: Page) -> None:
    """The order whose card was refused."""
    page.locator("#state-error").click()
    page.locator("tbody th a").first.click()
    page.wait_for_load_state()


def to_form(page: Page) -> None:
    """The form that starts a task."""
    page.get_by_role("navigation").get_by_role("link", name="Handlers").click()
    page.get_by_role("link", name="customer_registration").first.click()
    page.get_by_role("heading", name="Start a task").evaluate("heading => heading.scrollIntoView()")


PICTURES: Final[Mapping[str, Picture]] = {
    "overview": Picture(go=to_overview),
    "tasks": Picture(go=to_tasks),
    "task": Picture(go=to_failure),
    "task-dark": Picture(go=to_failure, scheme="dark"),
    "task-phone": Picture(go=to_failure, width=360, height=780),
    "start": Picture(go=to_form),
}


if __name__ == "__main__":
    main()
