"""A browser's window, and what went wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

SERIOUS: Final = ("serious", "critical")
SCHEMES: Final[Sequence[Literal["light", "dark"]]] = ("light", "dark")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How somebody looks at a page."""

    width: int
    scheme: Literal["light", "dark"]
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}px {self.scheme} {'scripts' if self.scripts else 'no scripts'}"


LOOKS: Final = [
    Look(width=width, scheme=scheme, scripts=scripts)
    for width in (360, 1440)
    for scheme in SCHEMES
    for scripts in (True, False)
]


@dataclass
class Visitor:
    """Somebody with a window; ``complaints`` has what the console said, scripts that failed, and foreign requests."""

    page: Page
    look: Look
    complaints: list[str] = field(default_factory=list)

    def goto(self, url: str) -> int:
        """Open a page; gives its status."""
        response = self.page.goto(url, wait_until="load")
        assert response is not None
        return response.status

    def is_page(self, url: str) -> bool:
        """Whether it is HTML that is there: of anything else the browser makes a page of its own."""
        response = self.page.request.get(url)
        assert response.status == 200, url
        return response.headers["content-type"].startswith("text/html")

    def check(self) -> None:
        """The page is as it should be: nothing in the console, nothing wider than the window, nothing inaccessible."""
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{self.page.url} is {wider} px wider than the window"
        if self.look.scripts:
            assert violations(self.page) == [], self.page.url

    def links(self) -> set[str]:
        """Where the page's links lead, without fragments, if it is the same site."""
        hrefs: list[str] = self.page.eval_on_selector_all(
            "a[href]", "all => all.map(one => one.href.baseVal ?? one.href)"
        )
        own = urlsplit(self.page.url).netloc
        return {href.partition("#")[0] for href in hrefs if urlsplit(href).netloc == own}


def violations(page: Page) -> list[str]:
    """What axe finds that is serious, with the elements."""
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:3]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


@contextmanager
def visiting(browser: Browser, look: Look, *, home: str) -> Iterator[Visitor]:
    """A new window without cookies."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 900}, color_scheme=look.scheme, java_script_enabled=look.scripts
    )
    visitor = Visitor(context.new_page(), look)
    own = urlsplit(home).netloc

    def note_request(url: str) -> None:
        if urlsplit(url).netloc != own:
            visitor.complaints.append(f"asked elsewhere: {url}")

    visitor.page.on("console", lambda message: visitor.complaints.append(f"{message.type}: {message.text}"))
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"error: {error}"))
    visitor.page.on("dialog", lambda dialog: visitor.complaints.append(f"dialog: {dialog.message}"))
    visitor.page.on("request", lambda request: note_request(request.url))
    try:
        yield visitor
    finally:
        context.close()
