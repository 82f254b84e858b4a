"""What the overview says, as numbers and words."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

CHARTS: Final = ("tasks-hour", "tasks-day", "attempts-hour", "attempts-day")


def words(html: str) -> str:
    """The text of a page, with one blank between words."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def part(html: str, heading: str) -> str:
    """The section with this heading, as text."""
    [found] = re.findall(rf'<section aria-labelledby="{heading}">(.*?)</section>', html, re.DOTALL)
    return words(found)


def tiles(html: str) -> dict[str, int]:
    """How many tasks are said to be in each state."""
    found = re.findall(r'id="state-(\w+)"[^>]*><span class="count">(\d+)</span>', html)
    return {status: int(number) for status, number in found}


def charts(html: str) -> dict[str, tuple[int, int]]:
    """How many are said to be completed and to have failed, by the chart."""
    found = {}
    for key in CHARTS:
        [figure] = re.findall(rf'<figure class="chart" id="{key}">(.*?)</figcaption>', html, re.DOTALL)
        [complete], [failed] = re.findall(r"(\d+) completed", figure), re.findall(r"(\d+) failed", figure)
        found[key] = (int(complete), int(failed))
    return found
