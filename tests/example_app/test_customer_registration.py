"""Customers are registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from example_app.extensions import db, tasker
from example_app.handlers import CustomerRegistration
from example_app.handlers.customer_registration import Registration
from example_app.models import BillingAccount, Customer, Preference
from flask_tasker.models import Task
from flask_tasker.testing import drain

FORM = Registration(email="ada@example.org", name="Ada", card="card-4242", newsletter=True)


def registered(
    app: Flask, form: Registration = FORM, *, initiator: str = "form", bypass_steps: tuple[str, ...] = ()
) -> Task:
    request = CustomerRegistration.request(form, initiator=initiator, bypass_steps=bypass_steps)
    task_id = tasker.create_task(request).task_id
    drain(app, retries=True)
    return db.session.get_one(Task, task_id, populate_existing=True)


def the_customer() -> Customer:
    return db.session.scalars(select(Customer)).one()


def test_a_customer_ends_active_with_billing_and_preferences(app: Flask) -> None:
    assert registered(app).status == "complete"
    customer = the_customer()
    assert (customer.email, customer.status) == ("ada@example.org", "active")
    assert db.session.get_one(BillingAccount, customer.customer_id).reference.startswith("payments-")
    assert db.session.get_one(Preference, customer.customer_id).newsletter is True


def test_a_second_customer_of_the_same_address_is_refused_for_good(app: Flask) -> None:
    registered(app)
    second = registered(app, initiator="another form")
    assert second.status == "error"
    assert second.workflow_steps[0].attempts == 1
    assert "belongs to customer" in (second.workflow_steps[0].error or "")
    assert the_customer().status == "active"


def test_a_busy_payment_system_delays_a_registration(app: Flask) -> None:
    task = registered(app, replace(FORM, card="card-busy"))
    attempts = {step.name: step.attempts for step in task.workflow_steps}
    assert task.status == "complete"
    assert attempts["set_up_billing"] == 2


def test_an_imported_customer_is_not_welcomed(app: Flask, done: Callable[[str, str], int]) -> None:
    task = registered(app, bypass_steps=("welcome",))
    assert task.status == "complete"
    assert the_customer().status == "active"
    assert done("mail", f"customer-{the_customer().customer_id}") == 0
