"""A handler with every option of ``@step``: its context and its results are known to the checker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypedDict, assert_type

from flask_tasker import NO_RETRY, Annotation, Backoff, Retry, StepRun, StepSequence, TaskHandler, step, task_handler


class OrderContext(TypedDict):
    order_id: int


class Price(TypedDict):
    cents: int


class Receipt(TypedDict):
    number: str
    total: int


@task_handler("typed", namespace="shop", version="2.0", dependent_system="shop", schema={"type": "object"})
class Typed(TaskHandler[OrderContext]):
    @step
    def price(self, run: StepRun[OrderContext]) -> Price:
        assert_type(run.context, OrderContext)
        return {"cents": run.context["order_id"]}

    @step(
        depends_on=price,
        dependent_system="ledger",
        name="twice",
        retry=Retry(limit=5, backoff=Backoff(base=timedelta(seconds=2)), on=(ConnectionError,)),
        skippable=True,
        timeout=timedelta(seconds=30),
    )
    def double(self, run: StepRun[OrderContext]) -> Price:
        assert_type(run.result(self.price), Price)
        return {"cents": 2 * run.result(self.price)["cents"]}

    @step(depends_on=[price, double], retry=NO_RETRY)
    def receipt(self, run: StepRun[OrderContext]) -> Receipt:
        assert_type(run.result("price"), Any)
        return {"number": run.idempotency_key, "total": run.result(self.double)["cents"]}

    @step(depends_on=(receipt,))
    def nothing(self, run: StepRun[OrderContext]) -> None:
        assert_type(run.result(self.receipt), Receipt)
        assert_type(run.result(Typed.receipt), Receipt)

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        yield Annotation("done", {"steps": [done.name for done in sequence.complete()]})


def a_plain_call_in_a_test(run: StepRun[OrderContext]) -> int:
    assert_type(Typed().receipt(run), Receipt)
    return Typed().price(run)["cents"]
