"""A browser's window, and what went wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

from tests.browser.sound import faults_of, violations

SCHEMES: Final[Sequence[Literal["light", "dark"]]] = ("light", "dark")
WIDTHS: Final = (360, 1440)


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
    for width in WIDTHS
    for scheme in SCHEMES
    for scripts in (True, False)
]
WAYS: Final = [
    Look(width=width, scheme="light" if scripts == (width == WIDTHS[1]) else "dark", scripts=scripts)
    for width in WIDTHS
    for scripts in (True, False)
]
"""In which something is done: colours change nothing about that."""


@dataclass(frozen=True)
class Complaint:
    """What the browser said, and about which address."""

    text: str
    url: str


@dataclass
class Visitor:
    """Somebody with a window.

    Attributes:
        home: the address of the dashboard.
        status: of the page that was answered last.
        complaints: what the console said, scripts that failed, dialogs, and requests to elsewhere.
    """

    page: Page
    look: Look
    home: str
    status: int = 0
    complaints: list[Complaint] = field(default_factory=list)

    def goto(self, address: str, *, status: int = 200) -> None:
        """Open a page, by its address below the dashboard's."""
        self.page.goto(f"{self.home}{address}", wait_until="load")
        assert self.status == status, f"{address}: {self.status}"

    def follow(self, what: Locator, *, status: int = 200) -> None:
        """Click what leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            what.click()
        assert self.status == status, f"{self.page.url}: {self.status}"

    def unfold(self, most: int = 40) -> None:
        """Open what is folded."""
        self.page.eval_on_selector_all("details", f"all => all.slice(0, {most}).forEach(one => {{ one.open = true }})")

    def check(self) -> None:
        """The page is as it should be; a page that says what is wrong has a line in Chromium's console for that."""
        said = [one for one in self.complaints if not (self.status >= 400 and one.url == self.page.url)]
        assert said == [], f"{self.page.url}: {said}"
        faults = faults_of(self.page)
        assert faults == [], f"{self.page.url}: {faults}"
        self.complaints.clear()

    def check_access(self) -> None:
        """Nothing keeps anybody out; axe needs scripts."""
        if self.look.scripts:
            found = violations(self.page)
            assert found == [], f"{self.page.url}: {found}"


@contextmanager
def visiting(browser: Browser, look: Look, *, home: str) -> Iterator[Visitor]:
    """A new window without cookies."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 900}, color_scheme=look.scheme, java_script_enabled=look.scripts
    )
    visitor = Visitor(context.new_page(), look, home)
    _listen(visitor)
    try:
        yield visitor
    finally:
        context.close()


def _listen(visitor: Visitor) -> None:
    page, own = visitor.page, urlsplit(visitor.home).netloc

    def complain(text: str, url: str = "") -> None:
        visitor.complaints.append(Complaint(text, url))

    def hear(message: ConsoleMessage) -> None:
        complain(f"{message.type}: {message.text}", message.location["url"])

    def note_request(url: str) -> None:
        if urlsplit(url).netloc != own:
            complain("asked elsewhere", url)

    def note_response(response: Response) -> None:
        if response.request.is_navigation_request():
            visitor.status = response.status

    page.on("console", hear)
    page.on("pageerror", lambda error: complain(f"error: {error}"))
    page.on("dialog", lambda dialog: complain(f"dialog: {dialog.message}"))
    page.on("request", lambda request: note_request(request.url))
    page.on("response", note_response)
