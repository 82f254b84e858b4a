"""From a filled-in form to a customer who can buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from sqlalchemy import select, update

from flask_tasker import PermanentError, StepRun, TaskHandler, step, task_handler

from ..extensions import db, outside
from ..idempotency import insert_once
from ..models import BillingAccount, Customer, Preference
from .patience import LOCAL, PATIENT


@dataclass(frozen=True)
class Registration:
    """What the form says."""

    email: str
    name: str
    card: str
    newsletter: bool = False


class Account(TypedDict):
    """A customer's account."""

    customer_id: int


@task_handler("customer_registration", dependent_system="shop", schema=Registration)
class CustomerRegistration(TaskHandler[Registration]):
    """Open an account, with billing and preferences, and say welcome."""

    @step(retry=LOCAL)
    def open_account(self, run: StepRun[Registration]) -> Account:
        """Take the e-mail address: the first registration of it wins, and the other one is told so."""
        form = run.context
        insert_once(Customer, email=form.email, name=form.name, status="registering", registered_by=run.idempotency_key)
        db.session.commit()
        customer = db.session.scalars(select(Customer).where(Customer.email == form.email)).one()
        if customer.registered_by != run.idempotency_key:
            raise PermanentError(f"{form.email} belongs to customer {customer.customer_id} already")
        return {"customer_id": customer.customer_id}

    @step(depends_on=open_account, dependent_system="payments", retry=PATIENT, timeout=timedelta(seconds=30))
    def set_up_billing(self, run: StepRun[Registration]) -> dict[str, str]:
        """Check the card with a charge of nothing, and keep what the payment system calls it."""
        customer_id = run.result(self.open_account)["customer_id"]
        body = {"reference": f"customer-{customer_id}", "card": run.context.card, "cents": 0}
        charge = outside.post("payments", body, key=run.idempotency_key)
        insert_once(BillingAccount, customer_id=customer_id, reference=charge["id"])
        db.session.commit()
        return {"reference": charge["id"]}

    @step(depends_on=open_account, retry=LOCAL)
    def set_up_preferences(self, run: StepRun[Registration]) -> dict[str, bool]:
        """Remember what the customer wants to hear from the shop."""
        customer_id = run.result(self.open_account)["customer_id"]
        insert_once(Preference, customer_id=customer_id, newsletter=run.context.newsletter)
        db.session.commit()
        return {"newsletter": run.context.newsletter}

    @step(depends_on=[set_up_billing, set_up_preferences], dependent_system="mail", retry=PATIENT, skippable=True)
    def welcome(self, run: StepRun[Registration]) -> dict[str, str]:
        """Say hello; an importer of old customers bypasses this."""
        customer_id = run.result(self.open_account)["customer_id"]
        body = {"reference": f"customer-{customer_id}", "to": run.context.email, "text": f"Hello {run.context.name}."}
        return {"message_id": outside.post("mail", body, key=run.idempotency_key)["id"]}

    @step(depends_on=welcome, retry=LOCAL)
    def activate(self, run: StepRun[Registration]) -> dict[str, str]:
        """Let the customer in."""
        customer_id = run.result(self.open_account)["customer_id"]
        db.session.execute(update(Customer).where(Customer.customer_id == customer_id).values(status="active"))
        db.session.commit()
        return {"status": "active"}
