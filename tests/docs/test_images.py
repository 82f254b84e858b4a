"""The pictures of the dashboard are there, shown, and small."""

from __future__ import annotations

import re

from docs_site.screenshots import IMAGES, LARGEST, PICTURES
from tests.docs.pages import PAGES

FILES = {image.name: image for image in IMAGES.iterdir()}
SHOWN = re.compile(r"!\[[^\]]+\]\((?:docs/)?images/([^)]+)\)")


def test_each_picture_that_pages_show_is_there_and_none_is_there_for_nothing() -> None:
    assert {name for page in PAGES for name in SHOWN.findall(page.read_text())} == set(FILES)


def test_each_picture_is_one_that_the_script_takes() -> None:
    assert {f"{name}.webp" for name in PICTURES} == set(FILES)


def test_no_picture_is_large() -> None:
    assert [name for name, image in FILES.items() if not 0 < image.stat().st_size <= LARGEST] == []
