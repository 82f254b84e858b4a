"""A page as a browser would take it apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"meta", "link", "input", "br", "hr", "img"})


@dataclass
class Element:
    """An element with its attributes, its text, and the elements within it."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text within, on one line."""
        return " ".join("".join(self.texts).split())

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """The elements within of that tag and those attributes (``class_``: one of its classes)."""
        return [one for one in self._walk() if tag in (None, one.tag) and one._has(attributes)]

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} with {attributes}"
        return found[0]

    def _walk(self) -> Iterator[Element]:
        for element in self.inside:
            yield element
            yield from element._walk()

    def _has(self, wanted: Mapping[str, str]) -> bool:
        plain = {name: value for name, value in wanted.items() if name != "class_"}
        classes = self.attributes.get("class", "").split()
        right = all(self.attributes.get(name.replace("_", "-")) == value for name, value in plain.items())
        return right and ("class_" not in wanted or wanted["class_"] in classes)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)


def parsed(html: str) -> Element:
    """The elements of a page; whatever is not well nested fails."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert parser._open == [parser.root], "an element is not closed"
    return parser.root
