"""What the demonstration starts, and what it expects of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_tasker import TaskRequest

from ..checkout import WantedLine, Wish, place_order
from ..extensions import tasker
from ..handlers import CustomerRegistration, DummyTask, SalesReport
from ..handlers.customer_registration import Registration


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One task: what is special about it, and how it should end; steps that are not named take one attempt."""

    title: str
    task_id: int
    status: str = "complete"
    attempts: Mapping[str, int] = field(default_factory=dict)
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class OrderPlan:
    """An order that meets with something at one of the outside systems."""

    title: str
    card: str = "card-4242"
    address: str = "1 High Street"
    country: str = "Portugal"
    mailbox: str = "customer"
    status: str = "complete"
    attempts: Mapping[str, int] = field(default_factory=dict)


ORDERS = (
    OrderPlan(title="nothing special"),
    OrderPlan(title="payments answer 503 once", card="card-busy", attempts={"take_payment": 2}),
    OrderPlan(title="payments answer 429 once", card="card-limited", attempts={"take_payment": 2}),
    OrderPlan(title="payments answer too late once", card="card-slow", attempts={"take_payment": 2}),
    OrderPlan(title="the card was charged before: 409", card="card-done"),
    OrderPlan(title="the card is refused: 402", card="card-refused", status="error"),
    OrderPlan(title="nothing special"),
    OrderPlan(title="the courier answers 503 once", address="2 Busy Street", attempts={"ship": 2}),
    OrderPlan(title="the courier answers too late once", address="3 Slow Lane", attempts={"ship": 2}),
    OrderPlan(title="the courier has the parcel: 409", address="4 Done Square"),
    OrderPlan(title="the tax office answers 429 once", country="limited", attempts={"book_tax": 2}),
    OrderPlan(title="the tax office answers 503 once", country="busy", attempts={"book_tax": 2}),
    OrderPlan(title="mail answers 503 once", mailbox="busy", attempts={"confirm": 2}),
    OrderPlan(
        title="503 wherever it comes",
        card="card-busy",
        address="5 Busy Street",
        country="busy",
        mailbox="busy",
        attempts={"take_payment": 2, "ship": 2, "book_tax": 2, "confirm": 2},
    ),
    OrderPlan(title="nothing special"),
)


def start_everything(run: str | None = None) -> list[Plan]:
    """Start all tasks, as the shop's own pages would; ``run`` keeps them apart from those of an earlier run."""
    name = run or uuid.uuid4().hex[:8]
    return [
        _started(SalesReport.request({"report": f"front page {name}"}, initiator="schedule"), "50,000 sales"),
        *[_order(plan, name) for plan in ORDERS],
        _registered("ada", name, "nothing special"),
        _registered("grace", name, "mail answers 429 once", mailbox="limited", attempts={"welcome": 2}),
        _registered("alan", name, "payments answer 503 once", card="card-busy", attempts={"set_up_billing": 2}),
        _started(DummyTask.request({"dummy": True}, reason=f"demonstration {name}"), "nothing at all"),
    ]


def _order(plan: OrderPlan, run: str) -> Plan:
    wish = Wish(
        email=f"{plan.mailbox}-{run}@example.org",
        card=plan.card,
        address=plan.address,
        country=plan.country,
        lines=[WantedLine(sku="TEAPOT", quantity=1), WantedLine(sku="SENCHA", quantity=2)],
    )
    order = place_order(wish)
    assert order.task_id is not None
    return Plan(
        title=plan.title, task_id=order.task_id, status=plan.status, attempts=plan.attempts, order_id=order.order_id
    )


def _registered(
    person: str,
    run: str,
    title: str,
    *,
    mailbox: str = "mail",
    card: str = "card-4242",
    attempts: Mapping[str, int] | None = None,
) -> Plan:
    form = Registration(email=f"{person}-{mailbox}-{run}@example.org", name=person.title(), card=card)
    return _started(CustomerRegistration.request(form), title, attempts=attempts or {})


def _started(request: TaskRequest, title: str, *, attempts: Mapping[str, int] | None = None) -> Plan:
    return Plan(title=title, task_id=tasker.create_task(request).task_id, attempts=attempts or {})
