"""What the server answered to one call, read as what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

import httpx

from ..typing import JsonObject
from .errors import TaskerClientError
from .refusal import misunderstanding


class Reply:
    """A success, or a 304. Whatever of it is asked for and not there is a ``TaskerClientError``."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def is_unchanged(self) -> bool:
        """Whether the server says that what was known before still stands."""
        return self._response.status_code == HTTPStatus.NOT_MODIFIED

    @property
    def text(self) -> str:
        """The body as text."""
        return self._response.text

    @cached_property
    def json(self) -> JsonObject:
        """The body as a JSON object."""
        try:
            body = self._response.json()
        except ValueError:
            body = None
        if not isinstance(body, Mapping):
            raise self.without("a JSON object")
        return body

    def header(self, name: str) -> str | None:
        """A header, if it is there."""
        value: str | None = self._response.headers.get(name)
        return value

    def member(self, key: str) -> Any:
        """What stands under ``key``."""
        if key not in self.json:
            raise self.without(repr(key))
        return self.json[key]

    def wrapped(self, key: str) -> Any:
        """What stands under ``key``, or else the whole body."""
        return self.json.get(key, self.json)

    def items(self, key: str) -> list[Any]:
        """The list that stands under ``key``."""
        values = self.member(key)
        if not isinstance(values, list):
            raise self.without(f"a list of {key}")
        return values

    def without(self, expected: str) -> TaskerClientError:
        """The error that it is not what was ``expected``."""
        return misunderstanding(self._response, expected)
