"""The site is built without a warning, and loads nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flask_tasker.lifecycle import STEP_TRANSITIONS, TASK_TRANSITIONS
from tests.docs.pages import DOCS, ROOT

LOADING = {"script", "img", "iframe", "source", "link", "use", "video", "audio", "object", "embed"}
ELSEWHERE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", os.fspath(folder)]
    # Nothing of ours is imported there that a measurement could find, and it would say so.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    surroundings["NO_MKDOCS_2_WARNING"] = "1"
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=surroundings, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


def test_every_page_is_there(site: Path) -> None:
    pages = [page.relative_to(DOCS).with_suffix(".html") for page in DOCS.glob("**/*.md")]
    assert [page for page in pages if not (site / page).is_file()] == []


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    found = {str(page.relative_to(site)): loaded_by(page) for page in site.glob("**/*.html")}
    assert len(found) > 20
    assert {page: loads for page, loads in found.items() if any(map(ELSEWHERE.match, loads))} == {}
    assert {page for page, loads in found.items() if not loads} == set()


def test_no_style_loads_anything_from_elsewhere(site: Path) -> None:
    styles = list(site.glob("**/*.css"))
    assert styles
    assert [style for style in styles if IN_STYLES.search(style.read_text())] == []


def test_no_page_asks_the_theme_for_a_script_of_another_host(site: Path) -> None:
    # The theme fetches Mermaid where it finds such an element.
    assert [page for page in site.glob("**/*.html") if 'class="mermaid"' in page.read_text()] == []


def test_the_state_diagrams_are_drawn(site: Path) -> None:
    page = (site / "life-of-a-step.html").read_text()
    steps, tasks = re.findall(r'<figure class="states">.*?</figure>', page)
    for drawn, table in ((steps, STEP_TRANSITIONS), (tasks, TASK_TRANSITIONS)):
        ends = {(transition.source, transition.target) for transition in table}
        assert drawn.count('class="arrow"') == len(ends) + 1
        assert {state for pair in ends for state in pair} == set(re.findall(r'class="state"[^>]*>(\w+)<', drawn))


def test_the_search_knows_the_pages(site: Path) -> None:
    assert "the printer is out of paper" in (site / "search" / "search_index.json").read_text()


def loaded_by(page: Path) -> list[str]:
    """The addresses of all that a browser fetches with the page."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in LOADING:
                found.extend(value for name, value in attrs if value and name in ("src", "href", "data", "srcset"))

    Reader().feed(page.read_text())
    return found
