"""Contexts that are not what the handler says."""

from __future__ import annotations

from typing import TypedDict

from flask_tasker import StepRun, TaskHandler, step, task_handler


class OrderContext(TypedDict):
    order_id: int


@task_handler("refused_contexts")
class Refused(TaskHandler[OrderContext]):
    @step
    def misspelt_key(self, run: StepRun[OrderContext]) -> int:
        return run.context["order"]  # E: [typeddict-item]

    @step
    def wrong_type(self, run: StepRun[OrderContext]) -> str:
        return run.context["order_id"]  # E: [return-value]

    @step
    def changed(self, run: StepRun[OrderContext]) -> None:
        run.attempt = 2  # E: [misc]


Refused.request({"order": 1})  # E: [arg-type]
Refused.request({"order_id": "one"})  # E: [arg-type]
Refused.request(3)  # E: [arg-type]
Refused.request({"order_id": 1}, initiater="checkout")  # E: [call-arg]
Refused.request({"order_id": 1}, "checkout")  # E: [call-arg]
Refused.request({"order_id": 1}, bypass_steps=[1])  # E: [list-item]
