"""A page as a browser reads it: its tags, its words and its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from werkzeug.test import TestResponse

VOID: Final = {"meta", "link", "input", "br", "hr", "path"}
TYPED: Final = {"input", "textarea", "select"}


@dataclass(eq=False)
class Tag:
    """A tag, what is in it as text, and the tags that it stands in."""

    name: str
    attributes: dict[str, str | None]
    within: list[Tag] = field(repr=False)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text, with one blank between words."""
        return " ".join("".join(self.words).split())

    def get(self, name: str) -> str:
        """An attribute, or nothing."""
        return self.attributes.get(name) or ""


class Seen(HTMLParser):
    """A page that was answered; a tag that is not closed fails the test."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.html = response.text
        self.tags: list[Tag] = []
        self._open: list[Tag] = []
        self.feed(self.html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Tag(tag, dict(attrs), list(self._open))
        assert len(found.attributes) == len(attrs), f"{tag} has an attribute twice: {attrs}"
        self.tags.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, dict(attrs), list(self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            tag.words.append(data)

    def all(self, name: str, /, **attributes: str) -> list[Tag]:
        """The tags of a name, with these attributes; ``class_`` is ``class``."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            tag for tag in self.tags if tag.name == name and all(tag.get(key) == said for key, said in wanted.items())
        ]

    @property
    def text(self) -> str:
        """The words of the page's own part."""
        return " ".join(tag.text for tag in self.all("main"))

    @property
    def message(self) -> str:
        """What was done, as the page says it."""
        return " ".join(tag.text for tag in self.all("p", class_="message"))

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was typed."""
        return [tag.text for tag in self.tags if tag.name == "li" and tag.within[-1].get("class") == "faults"]

    def rows(self, label: str) -> list[list[str]]:
        """The cells of a table, by the label of the box that it scrolls in."""
        body = [row for row in self.all("tr") if any(tag.get("aria-label") == label for tag in row.within)]
        return [
            [cell.text for cell in self.tags if cell.name in ("td", "th") and row in cell.within]
            for row in body
            if any(tag.name == "tbody" for tag in row.within)
        ]

    def actions(self) -> set[str]:
        """Where its forms may be sent by POST."""
        forms = {form.get("action") for form in self.all("form") if form.get("method") == "post"}
        return forms | {tag.get("formaction") for tag in self.all("button") if tag.get("formaction")}

    def value(self, name: str) -> str:
        """What stands in the first field of a name."""
        found = next(tag for tag in self.tags if tag.name in TYPED and tag.get("name") == name)
        if found.name == "select":
            options = [tag for tag in self.tags if tag.name == "option" and found in tag.within]
            return next((tag.get("value") for tag in options if "selected" in tag.attributes), "")
        # A browser takes away the line break that a textarea begins with.
        return "".join(found.words).removeprefix("\n") if found.name == "textarea" else found.get("value")
