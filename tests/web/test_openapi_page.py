"""The page that shows the document: whole, without a script, and safe."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from flask_tasker.web.openapi.page import kind_of
from tests.web.documented import operations

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
VOID = {"meta", "link"}


class Tags(HTMLParser):
    """The tags of a page, and its ids; every one that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def page(client: FlaskClient) -> str:
    response = client.get("/tasker/openapi")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return response.text


def test_the_page_has_every_operation_with_its_permission(page: str) -> None:
    ids = {attributes.get("id") for tag, attributes in Tags(page).seen if tag == "section"}
    assert {operation.id for operation in operations()} <= ids
    for permission in {operation.permission for operation in operations()}:
        assert f"Permission: <code>{permission or 'none'}</code>" in page


def test_the_page_has_no_script_and_no_style_of_its_own(page: str) -> None:
    tags = Tags(page).seen
    assert not {"script", "style", "iframe", "object", "embed", "img"} & {tag for tag, _ in tags}
    assert [name for _, attributes in tags for name in attributes if name == "style" or name.startswith("on")] == []


def test_the_page_takes_nothing_from_elsewhere(page: str) -> None:
    links = [str(attributes["href"]) for tag, attributes in Tags(page).seen if "href" in attributes]
    assert links
    assert [link for link in links if not link.startswith(("#", "/tasker/"))] == []


def test_the_stylesheet_is_ours_and_takes_nothing_from_elsewhere(client: FlaskClient) -> None:
    response = client.get("/tasker/openapi.css")
    assert (response.status_code, response.mimetype) == (200, "text/css")
    assert not re.search(r"url\(|@import", response.text)


def test_the_page_is_revalidated(client: FlaskClient) -> None:
    etag = client.get("/tasker/openapi").headers["ETag"]
    assert client.get("/tasker/openapi", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Task"}, "Task"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "format": "date-time"}, "string (date-time)"),
        ({"type": "array", "items": {"type": "integer"}}, "array of integer"),
        ({"enum": ["asc", None]}, "asc | null"),
        ({"anyOf": [{"type": "object"}, {"allOf": [{"$ref": "#/components/schemas/Task"}]}]}, "object or Task"),
        ({}, "any JSON"),
    ],
)
def test_a_schema_is_told_in_a_few_words(schema: dict[str, object], words: str) -> None:
    assert kind_of(schema) == words
