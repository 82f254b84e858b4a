"""What must have come out, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from sqlalchemy import func, select

from flask_tasker.models import AnnotationType, TaskAnnotation

from ..extensions import db
from ..models import Payment, ReportSummary, Sale
from .outcome import TaskOutcome
from .plan import Plan

Checked = tuple[str, bool]

EXPECTED_ANSWERS = {"503": "out of order", "429": "too many requests", "409": "done before", "402": "refused"}
DUMMY_STEPS = ["step-four", "step-one", "step-three", "step-two"]


def check(plans: Sequence[Plan], found: Mapping[int, TaskOutcome], *, outside_url: str) -> list[Checked]:
    """Each expectation in a sentence, and whether it was met."""
    counts: dict[str, Any] = httpx.get(f"{outside_url}/books").json()
    return [
        *_endings(plans, found),
        *_survived(counts["answers"]),
        *_charged_once(plans, counts["done"].get("payments", {})),
        *_reported(found),
        *_annotated(found),
    ]


def _endings(plans: Sequence[Plan], found: Mapping[int, TaskOutcome]) -> Iterator[Checked]:
    refused = [plan for plan in plans if plan.status == "error"]
    yield (
        f"{len(plans) - len(refused)} tasks are complete, and {len(refused)}, whose card was refused, is in error",
        all(found[plan.task_id].status == plan.status for plan in plans),
    )
    yield (
        "every step whose outside system failed it was tried again",
        all(_attempts(found[plan.task_id], step) >= times for plan in plans for step, times in plan.attempts.items()),
    )
    yield (
        "a refused payment was not tried again, and what waits for it did not start",
        all(_attempts(found[plan.task_id], "take_payment") == 1 for plan in refused)
        and all(_attempts(found[plan.task_id], "ship") == 0 for plan in refused),
    )


def _attempts(task: TaskOutcome, step_name: str) -> int:
    return sum(step.attempts for step in task.steps if step.name == step_name)


def _survived(answers: Mapping[str, Mapping[str, int]]) -> Iterator[Checked]:
    for status, what in EXPECTED_ANSWERS.items():
        times = sum(by_status.get(status, 0) for by_status in answers.values())
        yield f"the outside systems answered {status} ({what}): {times}", times > 0


def _charged_once(plans: Sequence[Plan], charges: Mapping[str, int]) -> Iterator[Checked]:
    orders = [plan for plan in plans if plan.order_id is not None]
    expected = {f"order-{plan.order_id}": int(plan.status == "complete") for plan in orders}
    yield (
        "each order's card was charged once, also where the answer came too late; the refused one was not",
        all(charges.get(reference, 0) == times for reference, times in expected.items()),
    )
    paid = db.session.scalar(
        select(func.count()).select_from(Payment).where(Payment.order_id.in_([plan.order_id for plan in orders]))
    )
    yield f"the shop's books have {paid} payments for {len(orders)} orders", paid == sum(expected.values())


def _reported(found: Mapping[int, TaskOutcome]) -> Iterator[Checked]:
    sales = db.session.scalar(select(func.count()).select_from(Sale))
    summary = db.session.scalars(select(ReportSummary).where(ReportSummary.report.like("front page %"))).all()
    counted = {report.document["sales"] for report in summary}
    yield (
        f"the published report counts all {sales} sales",
        counted == {sales} and any(task.name == "sales_report" for task in found.values()),
    )


def _annotated(found: Mapping[int, TaskOutcome]) -> Iterator[Checked]:
    dummies = [task.task_id for task in found.values() if task.name == "dummy_task"]
    notes = db.session.scalars(
        select(TaskAnnotation.annotation)
        .join(AnnotationType, AnnotationType.annotation_type_id == TaskAnnotation.annotation_type_id)
        .where(TaskAnnotation.task_id.in_(dummies), AnnotationType.name == "dummy-annotation")
    ).all()
    names = sorted(note["step_name"] for note in notes)
    yield "the dummy task left one note for each of its steps", names == DUMMY_STEPS
