"""Holds every answer of an app under test to the OpenAPI document: status, media type, headers and body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from flask import Flask, Response, request
from jsonschema import Draft202012Validator, FormatChecker

from tests.web.documented import document, operations

OPEN_ENDED: Final = {"DocumentAnswer"}
"""Schemas that name only some of the keys."""

BY_THE_CALLBACK: Final = 429
"""A callback may abort with a status of its own; this is the one that a test uses."""

FORMATS: Final = FormatChecker(["date-time"])


def conforming(app: Flask) -> Flask:
    """``app``, in which an answer that the document does not describe fails the test."""
    app.after_request(_check)
    return app


def _check(response: Response) -> Response:
    key = (request.endpoint or "", request.method)
    if key in _answers() and response.status_code != BY_THE_CALLBACK:
        faults = list(_faults(key, response))
        assert not faults, f"{request.method} {request.full_path} -> {response.status_code}: {faults[0]}"
    return response


def _faults(key: tuple[str, str], response: Response) -> Iterator[str]:
    answer = _answers()[key].get(str(response.status_code))
    if answer is None:
        yield f"the document has {sorted(_answers()[key])}"
        return
    for name, header in answer.get("headers", {}).items():
        if header.get("required") and name not in response.headers:
            yield f"there is no {name}"
    # A 304 has none; Werkzeug takes away what was made for it only when it is sent.
    content = answer.get("content", {})
    if content and response.mimetype not in content:
        yield f"{response.mimetype} is not one of {sorted(content)}"
    elif content and response.mimetype == "application/json":
        schema = content["application/json"]["schema"]
        validator = Draft202012Validator({**schema, "components": {"schemas": _closed()}}, format_checker=FORMATS)
        yield from (f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(response.data)))


@cache
def _answers() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The answers of each call, by its endpoint and the method."""
    shared = document()["components"]["responses"]
    return {
        (f"tasker.{operation.id.partition('_by_')[0]}", operation.method): {
            status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            for status, answer in operation.said["responses"].items()
        }
        for operation in operations()
    }


@cache
def _closed() -> Mapping[str, Any]:
    """All schemas, with keys refused that they do not name: clients must expect them, and tests must not."""
    return {
        name: schema if name in OPEN_ENDED else {**schema, "additionalProperties": False}
        for name, schema in document()["components"]["schemas"].items()
    }
