"""The page of a task that is told of new versions by a stream, and one for which there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Browser, Page, expect

from flask_tasker import Tasker
from flask_tasker.testing import drain
from tests.fuzz.serving import served
from tests.http.conftest import shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NOTE_WHAT_IS_TOLD: Final = """
window.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    this.addEventListener("version", (event) => { document.documentElement.dataset.told = event.data; });
  }
};
"""


@dataclass(frozen=True)
class Stage:
    """An app that has a single stream, and a task on which nobody works yet; where its page is."""

    app: Flask
    address: str


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """On a database of its own."""
    app = Flask("streaming")
    url = f"sqlite:///{tmp_path / 'streaming.sqlite'}"
    app.config.update(TESTING=True, SECRET_KEY="of the tests", SQLALCHEMY_DATABASE_URI=url, TASKER_SSE_MAX_STREAMS=1)
    db = SQLAlchemy(app)
    Tasker(app, handlers=shop())
    with app.app_context():
        db.create_all()
    answer = app.test_client().post("/tasker/tasks", json={"task": {"name": "copy", "namespace": "shop"}})
    with served(app) as home:
        yield Stage(app, f"{home}/tasker/ui/tasks/{answer.get_json()['task']['task_id']}")
    with app.app_context():
        db.engine.dispose()


@contextmanager
def window(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A window, and what the page in it asks for, by the last part of the address; its console stays empty."""
    context = browser.new_context()
    page, asks, said = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asks.append(request.url.rpartition("/")[2]))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, asks
    context.close()
    assert said == []


def opened(page: Page, address: str) -> int:
    """Open the page; how it was answered when it asked for a stream."""
    with page.expect_response(lambda response: response.url.endswith("/stream")) as stream:
        page.goto(address)
    return stream.value.status


def test_a_page_that_is_told_asks_only_for_what_is_new_and_keeps_its_elements(stage: Stage, browser: Browser) -> None:
    with window(browser) as (page, asks):
        page.clock.install()
        page.add_init_script(NOTE_WHAT_IS_TOLD)
        assert opened(page, stage.address) == 200
        shown = page.locator("#live").get_attribute("data-version") or ""
        expect(page.locator("html")).to_have_attribute("data-told", shown)
        page.evaluate("document.getElementById('live').marked = 'the same'")

        asks.clear()
        page.clock.run_for(12_000)
        # Without a stream it would be six times. The page is made anew every 15 seconds by the clock, which may be now.
        assert asks.count("live") <= 1, asks
        drain(stage.app)

        expect(page.locator("h1")).to_contain_text("complete")
        # The stream has ended, and nothing is left to follow.
        assert page.evaluate("document.getElementById('live').marked") == "the same"
        assert page.locator("[data-stream]").count() == 0
        assert "live" in asks


def test_a_page_for_which_there_is_no_stream_asks_as_ever(stage: Stage, browser: Browser) -> None:
    with window(browser) as (told, _), window(browser) as (asking, _):
        assert [opened(page, stage.address) for page in (told, asking)] == [200, 204]
        with asking.expect_response(lambda response: response.url.endswith("/live")) as answer:
            pass
        assert answer.value.status in (200, 304)
        drain(stage.app)
        for page in (told, asking):
            expect(page.locator("h1")).to_contain_text("complete")
