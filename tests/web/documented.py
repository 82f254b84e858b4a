"""What the document says of each call, for tests that are made from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from flask import Flask

from flask_tasker import Tasker
from flask_tasker.web.openapi import mount_of

METHODS: Final = ("get", "post", "put", "patch", "delete")
PREFIX: Final = "/tasker"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    said: Mapping[str, Any]
    parameters: Sequence[Mapping[str, Any]]

    @property
    def id(self) -> str:
        """Its id in the document."""
        return str(self.said["operationId"])

    @property
    def permission(self) -> str | None:
        """What the callback is asked for."""
        return self.said.get("x-required-permission")

    @property
    def body(self) -> Any:
        """The example of its body, if it takes one."""
        return self.said["requestBody"]["content"]["application/json"]["example"] if self.takes_body else None

    @property
    def takes_body(self) -> bool:
        """Whether it takes one."""
        return "requestBody" in self.said

    @property
    def names(self) -> list[str]:
        """The placeholders in its path."""
        return _PLACEHOLDER.findall(self.path)

    def url(self, **values: Any) -> str:
        """Its path with these values."""
        return PREFIX + self.path.format(**values)


@cache
def document() -> Mapping[str, Any]:
    """The document of an app that serves the API under the usual prefix; made once, since it takes an app."""
    return mount_of(plain_app()).document


def operations() -> list[Operation]:
    """Every operation."""
    return list(_operations(document()))


def _operations(found: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in found["paths"].items():
        for method in METHODS:
            if method in item:
                said = item[method]
                yield Operation(
                    method=method.upper(),
                    path=path,
                    said=said,
                    parameters=[*item.get("parameters", ()), *said.get("parameters", ())],
                )


def plain_app() -> Flask:
    """An app that serves the API; no database is asked for."""
    app = Flask("plain")
    app.config.update(TESTING=True)
    Tasker(app)
    return app
