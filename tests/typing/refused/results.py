"""Results that a step does not have."""

from __future__ import annotations

from typing import TypedDict

from flask_tasker import StepRun, TaskHandler, step, task_handler


class Price(TypedDict):
    cents: int


@task_handler("refused_results")
class Refused(TaskHandler):
    @step
    def price(self, run: StepRun) -> Price:
        return {"cent": 1}  # E: [typeddict-item]

    @step(depends_on=price)
    def misspelt_key(self, run: StepRun) -> int:
        return run.result(self.price)["cent"]  # E: [typeddict-item]

    @step(depends_on=price)
    def misspelt_parent(self, run: StepRun) -> None:
        run.result(self.pric)  # E: [attr-defined]

    @step(depends_on=price)
    def wrong_type(self, run: StepRun) -> str:
        return run.result(self.price)  # E: [return-value]

    @step(depends_on=price)
    def not_a_step(self, run: StepRun) -> None:
        run.result(self.update_annotations)  # E: [call-overload]
        run.result(3)  # E: [call-overload]


def plain_call(run: StepRun) -> str:
    return Refused().price(run)  # E: [return-value]
