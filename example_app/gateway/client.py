"""An HTTP client for the outside systems, one an app."""

from __future__ import annotations

from typing import Any

import httpx
from flask import Flask, current_app

from flask_tasker import RetryableError

from .answer import understood

KEY = "outside"


class Outside:
    """An extension: keeps the app's client, whose connections are shared by all the steps of its process."""

    def init_app(self, app: Flask) -> None:
        """Make the app's client from ``OUTSIDE_URL`` and ``OUTSIDE_TIMEOUT`` (seconds)."""
        app.extensions[KEY] = httpx.Client(base_url=app.config["OUTSIDE_URL"], timeout=app.config["OUTSIDE_TIMEOUT"])

    def close(self, app: Flask) -> None:
        """Close the app's connections."""
        app.extensions[KEY].close()

    def post(self, system: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        """Ask ``system`` to do something, once for each ``key``, and return its record of it.

        Raises:
            RetryableError: no answer in time, no connection, or an answer that says "not now".
            PermanentError: a refusal.
        """
        client: httpx.Client = current_app.extensions[KEY]
        try:
            response = client.post(f"/{system}", json=body, headers={"Idempotency-Key": key})
        except httpx.TimeoutException:
            raise RetryableError(f"/{system} gave no answer within {client.timeout.read} s") from None
        except httpx.TransportError as error:
            raise RetryableError(f"/{system} cannot be reached at {client.base_url}: {error}") from error
        return understood(response)
