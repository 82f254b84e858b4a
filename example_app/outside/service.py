"""The service itself."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from .books import Asked, Books
from .fates import fate_of

DECIDING_FIELDS = {"payments": "card", "courier": "address", "tax": "country", "mail": "to"}


def create_service(*, slow_seconds: float = 5.0, retry_after: int = 1) -> Flask:
    """Make the service; a slow system answers after ``slow_seconds``, a limited one wants ``retry_after`` seconds."""
    service = Flask("example_app.outside")
    books = Books(retry_after=retry_after)
    never = threading.Event()

    @service.post("/<any(payments, courier, tax, mail):system>")
    def ask(system: str) -> Response:
        answer = books.answer(_asked(system))
        if answer.late:
            never.wait(slow_seconds)
        response = jsonify(answer.body)
        response.status_code = answer.status
        response.headers.update(answer.headers)
        return response

    @service.get("/books")
    def counts() -> Response:
        return jsonify(books.counts())

    return service


def _asked(system: str) -> Asked:
    key, body = request.headers.get("Idempotency-Key"), _body()
    deciding = body.get(DECIDING_FIELDS[system])
    if not key or not isinstance(body.get("reference"), str) or not isinstance(deciding, str):
        abort(400, f"expected an Idempotency-Key, a reference and a {DECIDING_FIELDS[system]}")
    return Asked(system=system, key=key, body=body, fate=fate_of(deciding))


def _body() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        abort(400, "expected a JSON object")
    return body
