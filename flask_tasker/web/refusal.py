"""A request that is answered with an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from werkzeug.http import HTTP_STATUS_CODES

# Werkzeug has renamed some of them, and clients compare.
NAMES: Final = {**HTTP_STATUS_CODES, 413: "Request Entity Too Large"}


class RefusedError(Exception):
    """Ends a request with an HTTP status and a JSON body: by default the status and its name.

    It never leaves the web layer, and Flask never sees it: the host's error handlers would turn it into a page.
    """

    def __init__(
        self,
        status: int,
        *,
        body: Mapping[str, Any] | None = None,
        message: str = "",
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
        self.body = body if body is not None else {**_body(status, message), **(more or {})}
        super().__init__(f"{status}: {self.body}")

    @classmethod
    def for_fields(cls, faults: Mapping[str, Sequence[str]], *, status: int = 400) -> RefusedError:
        """A refusal that has the messages of each refused field."""
        return cls(status, body={"error": {field: list(messages) for field, messages in faults.items()}})

    @property
    def faults(self) -> Mapping[str, Sequence[str]]:
        """The messages of each refused field; empty where it is not about fields."""
        said = self.body.get("error")
        return said if isinstance(said, Mapping) else {}


def _body(status: int, message: str) -> dict[str, Any]:
    body: dict[str, Any] = {"status": status, "error": NAMES.get(status, "Error")}
    return {**body, "message": message} if message else body
