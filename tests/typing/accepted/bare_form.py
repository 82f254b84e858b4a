"""Without a type of its own a context is a mapping of anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_type

from flask_tasker import StepRun, TaskHandler, step, task_handler


@task_handler("bare")
class Bare(TaskHandler):
    @step
    def one(self, run: StepRun) -> int:
        assert_type(run.context, Mapping[str, Any])
        return int(run.context["number"])

    @step(depends_on=one)
    def two(self, run: StepRun) -> str:
        assert_type(run.result(self.one), int)
        return "x" * run.result(self.one)


REQUEST = Bare.request({"number": 1}, initiator="test", tags=["a"], bypass_steps=["two"])
