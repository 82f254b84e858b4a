"""Every page, in every way of looking at it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import pytest

from flask_tasker.web.dashboard.routes import ROUTES
from tests.browser.conftest import Visit
from tests.browser.places import PLACES
from tests.browser.stage import UI, Stage
from tests.browser.visitor import LOOKS, Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PARTS: Final = {"follow_task", "overview_figures", "stream_task"}
"""What scripts put into a page."""
DATA: Final = {"task_json", "graph_json", "step_json"}
"""Of what is no HTML, the browser makes a page of its own."""


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_is_sound(lasting_stage: Stage, bare_stage: Stage, look_in: Visit, look: Look, name: str) -> None:
    place = PLACES[name]
    stage = bare_stage if place.is_bare else lasting_stage
    visitor = look_in(stage, look)
    place.visit(visitor, stage)
    visitor.check()
    visitor.unfold()
    visitor.check()
    visitor.check_access()


def test_no_page_is_left_out(lasting_stage: Stage) -> None:
    seen = {
        lasting_stage.endpoint(urlsplit(f"{UI}{place.on(lasting_stage)}").path)
        for place in PLACES.values()
        if not place.is_bare and place.status == 200
    }
    assert seen == {route.name for route in ROUTES if route.method == "GET"} - PARTS - DATA
