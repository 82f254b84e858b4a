"""Presses a button where a page asks its readers to: ``python -m tests.docs.press URL BUTTON [FIELD=VALUE]…``.

It loads the page, as a browser would, and sends the form that the button is in, with the token that is there.
"""

from __future__ import annotations

import argparse
from typing import cast

import httpx
from werkzeug.test import TestResponse

from tests.dashboard.reading import Seen, Tag


def main() -> None:
    """Press the button, and write what the page says that one comes to."""
    parser = argparse.ArgumentParser(prog="press")
    parser.add_argument("url")
    parser.add_argument("button")
    parser.add_argument("fields", nargs="*")
    given = parser.parse_args()
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        page = seen(client.get(given.url))
        button = next(tag for tag in page.all("button") if tag.text == given.button)
        form = next(tag for tag in button.within if tag.name == "form")
        action = httpx.URL(given.url).join(button.get("formaction") or form.get("action"))
        typed = dict(field.split("=", 1) for field in given.fields)
        fields = {name: page.value(name) for name in names_in(form, page)}
        assert typed.keys() <= fields.keys(), f"there are {list(fields)}"
        answer = seen(client.post(action, data=fields | typed, headers={"Sec-Fetch-Site": "same-origin"}))
    assert answer.status == 200, answer.text
    assert answer.message, answer.text
    print(answer.message)


def names_in(form: Tag, page: Seen) -> list[str]:
    """The fields of a form that have something in them unless somebody does something."""
    fields = [tag for tag in page.tags if tag.name in ("input", "textarea", "select") and form in tag.within]
    return [tag.get("name") for tag in fields if tag.get("type") != "checkbox"]


def seen(response: httpx.Response) -> Seen:
    """An answer as a page."""
    # It has the text and the status that are asked of the other kind.
    return Seen(cast("TestResponse", response))


if __name__ == "__main__":
    main()
