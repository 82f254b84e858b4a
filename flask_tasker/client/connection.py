"""One call after another over httpx: sent, sent again where that is safe, and answered or raised."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import httpx

from ..typing import JsonObject
from .refusal import refusal
from .reply import Reply

_BROKEN: Final = (httpx.NetworkError, httpx.RemoteProtocolError)
"""The connection broke; whether the server has done what was asked is not known."""


class Connection:
    """Sends calls with a client of httpx's, which pools connections and may be shared by threads."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> Reply:
        """The answer to one call, which is a success, or a 304 that was asked for.

        ``repeatable`` says that doing it twice does no more than once; what only reads is anyway.

        Raises:
            TaskerClientError: any other answer.
            httpx.TransportError: no answer, the second time too where a second was safe.
        """
        request = self._client.build_request(
            method,
            path,
            params=query or None,
            content=None if body is None else json.dumps(body, allow_nan=False).encode("ascii"),
            headers={**({} if body is None else {"Content-Type": "application/json"}), **(headers or {})},
        )
        response = self._answered(request, repeatable=repeatable or method == "GET")
        if response.is_success or response.status_code == HTTPStatus.NOT_MODIFIED:
            return Reply(response)
        raise refusal(response)

    def _answered(self, request: httpx.Request, *, repeatable: bool) -> httpx.Response:
        try:
            return self._client.send(request)
        except httpx.ConnectError:
            # Nothing was sent: whatever it is, it has not been done.
            return self._client.send(request)
        except _BROKEN:
            if not repeatable:
                raise
            return self._client.send(request)
