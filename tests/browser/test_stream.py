"""The page of a task that is told of new versions by a stream, and one for which there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import expect

from flask_tasker import Tasker
from flask_tasker.testing import drain
from tests.browser.conftest import Visit
from tests.browser.stage import Stage
from tests.browser.visitor import Look, Visitor
from tests.fuzz.serving import served
from tests.http.conftest import shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WIDE: Final = Look(width=1440, scheme="light")
NOTE_WHAT_IS_TOLD: Final = """
window.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    this.addEventListener("version", (event) => { document.documentElement.dataset.told = event.data; });
  }
};
"""


@pytest.fixture
def one_stream(tmp_path: Path) -> Iterator[Stage]:
    """An app that has a single stream."""
    app = Flask("streaming")
    url = f"sqlite:///{tmp_path / 'streaming.sqlite'}"
    app.config.update(TESTING=True, SECRET_KEY="of the tests", SQLALCHEMY_DATABASE_URI=url, TASKER_SSE_MAX_STREAMS=1)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=shop())
    with app.app_context():
        db.create_all()
    with served(app) as address:
        yield Stage(app, tasker, address)
    with app.app_context():
        db.engine.dispose()


def started(stage: Stage) -> str:
    """A task that nobody works on yet; the address of its page."""
    answer = stage.app.test_client().post("/tasker/tasks", json={"task": {"name": "copy", "namespace": "shop"}})
    return f"{stage.home}tasks/{answer.json['task']['task_id']}"  # type: ignore[index]


def asked(visitor: Visitor) -> list[str]:
    """What the page asks for from here on, by the last part of the address."""
    found: list[str] = []
    visitor.page.on("request", lambda request: found.append(request.url.rpartition("/")[2]))
    return found


def test_a_page_that_is_told_asks_only_for_what_is_new_and_keeps_its_elements(one_stream: Stage, visit: Visit) -> None:
    visitor = visit(one_stream, WIDE)
    page, asks = visitor.page, asked(visitor)
    page.clock.install()
    page.add_init_script(NOTE_WHAT_IS_TOLD)
    visitor.goto(started(one_stream))
    page.wait_for_function("document.documentElement.dataset.told === document.getElementById('live').dataset.version")
    page.evaluate("document.getElementById('live').marked = 'the same'")

    asks.clear()
    page.clock.run_for(12_000)
    # Without a stream it would be six times. The page is made anew every 15 seconds by the clock, which may be now.
    assert asks.count("live") <= 1, asks
    drain(one_stream.app)

    expect(page.locator("h1")).to_contain_text("complete")
    # The stream has ended, and nothing is left to follow.
    assert page.evaluate("document.getElementById('live').marked") == "the same"
    assert page.locator("[data-stream]").count() == 0
    assert "live" in asks
    visitor.check()


def test_a_page_for_which_there_is_no_stream_asks_as_ever(one_stream: Stage, visit: Visit) -> None:
    address = started(one_stream)
    told, asking = visit(one_stream, WIDE), visit(one_stream, WIDE)
    for visitor, status in ((told, 200), (asking, 204)):
        with visitor.page.expect_response(lambda response: response.url.endswith("/stream")) as opened:
            visitor.goto(address)
        assert opened.value.status == status

    with asking.page.expect_response(lambda response: response.url.endswith("/live")) as answer:
        pass
    assert answer.value.status in (200, 304)
    drain(one_stream.app)

    for visitor in (told, asking):
        expect(visitor.page.locator("h1")).to_contain_text("complete")
        visitor.check()
