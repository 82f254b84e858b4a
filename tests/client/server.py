"""A server that says what a test wants said, and keeps what it was asked."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from flask_tasker.client import TaskerClient

PREFIX = "https://shop.example/tasker"


@dataclass
class Server:
    """Gives its answers one after the other, or raises them; the last one is for all further calls, too."""

    answers: deque[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)
    sleep: Callable[[float], object] = lambda _seconds: None

    def client(self, **options: Any) -> TaskerClient:
        """A client of this server."""
        return TaskerClient(PREFIX, transport=httpx.MockTransport(self.answer), **{"sleep": self.sleep, **options})

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        self.requests.append(request)
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def called(self) -> list[str]:
        """What was asked, as methods and targets."""
        return [f"{one.method} {one.url.raw_path.decode().removeprefix('/tasker')}" for one in self.requests]

    @property
    def body(self) -> Any:
        """The JSON that was sent last."""
        return json.loads(self.requests[-1].content)


def serving(*answers: httpx.Response | Exception) -> Server:
    """A server with these answers."""
    return Server(deque(answers))


def ok(**body: Any) -> httpx.Response:
    """A success with a JSON object."""
    return httpx.Response(200, json=body)


def task(task_id: int = 7, status: str = "complete", **more: Any) -> dict[str, Any]:
    """A task as the contract writes it, with what these tests look at."""
    return {"task_id": task_id, "name": "copy", "status": status, "workflow_steps": [], **more}


def step(step_id: int = 3, **more: Any) -> dict[str, Any]:
    """A step as the contract writes it."""
    return {"task_id": 7, "workflow_step_id": step_id, "name": "one", "status": "pending", **more}
