"""Someone at a shell: commands in this process, and what the same app answers over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from flask_tasker.cli import tasker
from flask_tasker.engine import drain

HELD = ("tasks.context", "steps.inputs", "steps.results", "tasker_task_annotations")
"""What tasks and steps hold that may be large, as a statement asks for it."""


@dataclass
class Desk:
    """An app with its tables, under TESTING: what is ready waits until it is drained."""

    app: Flask
    _numbers: Any = field(default_factory=count)

    def invoke(self, *words: str, given: str | None = None) -> Result:
        """Type a command."""
        return self.app.test_cli_runner().invoke(tasker, words, input=given)

    def said(self, *words: str, given: str | None = None) -> str:
        """What a command that succeeds prints on standard output."""
        result = self.invoke(*words, given=given)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def refused(self, *words: str, code: int, given: str | None = None) -> str:
        """What a command complains of that ends with ``code``, without a traceback."""
        result = self.invoke(*words, given=given)
        assert result.exit_code == code, (result.output, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.stderr

    def json(self, *words: str, code: int = 0) -> Any:
        """The document that a command prints, and nothing beside it on standard output."""
        result = self.invoke(*words, "--json")
        assert result.exit_code == code, (result.output, result.exception)
        return json.loads(result.stdout)

    def get(self, path: str) -> Any:
        """What the API answers."""
        answer = self.app.test_client().get(f"/tasker{path}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def start(self, name: str = "shop/copy", *words: str) -> int:
        """Start a task that is like no other, and give back its id."""
        context = json.dumps({"number": next(self._numbers)})
        return int(self.said("run", name, "--context", context, *words))

    def failed(self, say: str = "as told") -> int:
        """Start a task, let it fail with that message, and give back its id."""
        context = json.dumps({"say": say, "number": next(self._numbers)})
        task_id = int(self.said("run", "fails", "--context", context))
        self.drain()
        return task_id

    def statements(self, *words: str) -> list[str]:
        """What a command asks of the database."""
        engine = self.app.extensions["tasker"].runtime.database.engine
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            asked.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            self.said(*words)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return asked

    def drain(self) -> None:
        """Work on what is ready."""
        drain(self.app.extensions["tasker"].runtime)
