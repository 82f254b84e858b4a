"""What the outside systems have done, and what they answered."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from .fates import Fate

TAX_PERCENT = 20


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request to one system."""

    system: str
    key: str
    body: dict[str, Any]
    fate: Fate | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said to it; ``late`` where the one who asked has given up by then."""

    status: HTTPStatus
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    late: bool = False


class Books:
    """Keeps one record for each idempotency key, and counts; whom it limits it asks to wait ``retry_after`` seconds."""

    def __init__(self, *, retry_after: int = 1) -> None:
        self._retry_after = {"Retry-After": str(retry_after)}
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._records: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}
        self._done: Counter[tuple[str, str]] = Counter()
        self._answers: Counter[tuple[str, int]] = Counter()

    def answer(self, asked: Asked) -> Answer:
        """Decide, do and count."""
        with self._lock:
            self._requests[asked.system, asked.key] += 1
            answer = self._decided(asked, first=self._requests[asked.system, asked.key] == 1)
            self._answers[asked.system, answer.status] += 1
            return answer

    def counts(self) -> dict[str, Any]:
        """How often each thing was done, by system and reference, and each answer given, by system and status."""
        with self._lock:
            return {"done": _nested(self._done), "answers": _nested(self._answers)}

    def _decided(self, asked: Asked, *, first: bool) -> Answer:
        match asked.fate:
            case Fate.REFUSED:
                return _error(HTTPStatus.PAYMENT_REQUIRED, "refused")
            case Fate.BUSY if first:
                return _error(HTTPStatus.SERVICE_UNAVAILABLE, "busy, come again")
            case Fate.LIMITED if first:
                return _error(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", self._retry_after)
            case Fate.DONE:
                record = self._recorded(Asked(system=asked.system, key=f"earlier-{asked.key}", body=asked.body))
                return Answer(status=HTTPStatus.CONFLICT, body={"error": "done before", "record": record})
        if self._body_of(asked) not in (None, asked.body):
            return _error(HTTPStatus.UNPROCESSABLE_ENTITY, "this key came with another request before")
        return Answer(status=HTTPStatus.OK, body=self._recorded(asked), late=asked.fate is Fate.SLOW and first)

    def _body_of(self, asked: Asked) -> dict[str, Any] | None:
        known = self._records.get((asked.system, asked.key))
        return known[0] if known else None

    def _recorded(self, asked: Asked) -> dict[str, Any]:
        found = self._records.get((asked.system, asked.key))
        if found is not None:
            return found[1]
        record = {"id": f"{asked.system}-{len(self._records) + 1}", "reference": asked.body["reference"]}
        if "net_cents" in asked.body:
            record["tax_cents"] = asked.body["net_cents"] * TAX_PERCENT // 100
        self._records[asked.system, asked.key] = asked.body, record
        self._done[asked.system, asked.body["reference"]] += 1
        return record


def _error(status: HTTPStatus, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status=status, body={"error": message}, headers=headers or {})


def _nested(counter: Counter[tuple[str, Any]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (system, name), count in counter.items():
        nested.setdefault(system, {})[str(int(name) if isinstance(name, HTTPStatus) else name)] = count
    return nested
