"""An order whose card was refused, and a payment in cash: what the README has its readers do in the dashboard."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from flask_tasker.testing import drain
from tests.dashboard.reading import Seen
from tests.example_app.shopping import order, ordered, step, task_of

README = Path(__file__).parents[2] / "README.md"
TYPED = re.compile(r"type `([^`]+)` as its results and press \*([^*]+)\*", re.DOTALL)


def test_an_order_goes_on_once_its_payment_is_resolved_by_the_button_that_the_readme_names(app: Flask) -> None:
    (results, label) = (" ".join(part.split()) for part in TYPED.findall(README.read_text())[0])
    order_id = ordered(card="card-refused")
    drain(app, retries=True)
    task = task_of(order_id)
    address = f"/tasker/ui/tasks/{task.task_id}/steps/{step(task, 'take_payment').workflow_step_id}"
    client = app.test_client()
    page = Seen(client.get(address))
    button = next(tag for tag in page.all("button") if tag.text == label)
    form = next(tag for tag in button.within if tag.name == "form")
    fields = {"tasker_token": page.value("tasker_token"), "results": results}

    answer = client.post(button.get("formaction") or form.get("action"), data=fields)
    drain(app, retries=True)

    assert answer.status_code == 303
    assert (task_of(order_id).status, order(order_id).status) == ("complete", "fulfilled")
