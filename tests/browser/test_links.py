"""No link of the dashboard leads nowhere."""

from __future__ import annotations

from collections import Counter
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser.places import PLACES
from tests.browser.stage import UI, Stage
from tests.browser.test_pages import DATA
from tests.dashboard.reading import Seen

pytestmark = pytest.mark.browser

MOST_ALIKE: Final = 4
"""Of addresses that differ only in numbers and in the values of the query, so many are followed."""


def test_every_link_leads_somewhere(lasting_stage: Stage) -> None:
    client = lasting_stage.app.test_client()
    places = [place for place in PLACES.values() if place.status == 200 and not place.is_bare]
    waiting = [f"{UI}{place.on(lasting_stage)}" for place in places]
    met, kinds = set(waiting), Counter[str]()
    while waiting:
        url = waiting.pop()
        response = client.get(url)
        assert response.status_code == 200, url
        if response.mimetype != "text/html":
            continue
        for link in links_of(Seen(response)) - met:
            met.add(link)
            kinds[kind_of(link)] += 1
            if kinds[kind_of(link)] <= MOST_ALIKE:
                waiting.append(link)
    assert {lasting_stage.endpoint(urlsplit(url).path) for url in met} >= DATA


def links_of(page: Seen) -> set[str]:
    """Where its links lead, without places on the page itself."""
    return {tag.get("href").partition("#")[0] for tag in page.all("a")} - {""}


def kind_of(url: str) -> str:
    """The address with its numbers and the values of its query left out."""
    parts = urlsplit(url)
    path = "/".join("N" if part.isdigit() else part for part in parts.path.split("/"))
    return f"{path}?{'&'.join(sorted(name for name, _ in parse_qsl(parts.query)))}"
