"""The shop's own pages, and the tasks' beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flask_tasker.testing import drain

BASKET: dict[str, Any] = {
    "email": "ada@example.org",
    "card": "card-4242",
    "address": "1 High Street",
    "country": "Portugal",
    "lines": [{"sku": "TEAPOT", "quantity": 1}],
}
FORM = {"email": "ada@example.org", "name": "Ada", "card": "card-4242"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database will do: no statement here is the shop's own."""
    return f"sqlite:///{tmp_path / 'shop.sqlite'}"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_order_is_accepted_and_its_task_waits(client: FlaskClient) -> None:
    answer = client.post("/orders", json=BASKET)
    order = answer.get_json()["order"]
    assert answer.status_code == 202
    assert (order["status"], order["total_cents"], order["task_status"]) == ("placed", 5450, "pending")


def test_an_order_shows_where_its_steps_stand(app: Flask, client: FlaskClient) -> None:
    location = client.post("/orders", json=BASKET).headers["Location"]
    drain(app)
    order = client.get(location).get_json()["order"]
    assert order["status"] == "fulfilled"
    assert set(order["steps"].values()) == {"complete"}


def test_an_order_and_its_task_are_linked(client: FlaskClient) -> None:
    order = client.post("/orders", json=BASKET).get_json()["order"]
    task = client.get(f"/tasker/tasks/{order['task_id']}").get_json()["task"]
    assert task["context"] == {"order_id": order["order_id"]}


@pytest.mark.parametrize("change", [{"lines": []}, {"email": "ada"}, {"lines": [{"sku": "NOTHING", "quantity": 1}]}])
def test_a_basket_that_makes_no_sense_is_refused(client: FlaskClient, change: dict[str, Any]) -> None:
    assert client.post("/orders", json={**BASKET, **change}).status_code == 400
    assert client.get("/tasker/tasks").get_json() == {"tasks": []}


@pytest.mark.parametrize("order_id", [1, 2**31 - 1, 2**31, 10**24])
def test_an_order_that_is_not_there_is_not_found(client: FlaskClient, order_id: int) -> None:
    assert client.get(f"/orders/{order_id}").status_code == 404


def test_a_registration_sent_twice_starts_one(client: FlaskClient) -> None:
    # The first pair may stand on both sides of a minute's end, where two are right; the next cannot.
    forms = [{**FORM, "name": name} for name in ("Ada", "Augusta")]
    answers = [[client.post("/customers", json=form).status_code for _ in range(2)] for form in forms]
    assert [202, 409] in answers


def test_a_form_that_lacks_something_is_refused_field_by_field(client: FlaskClient) -> None:
    answer = client.post("/customers", json={"email": "ada@example.org"})
    assert answer.status_code == 400
    assert len(answer.get_json()["error"]["context"]) == 2


def test_tasks_are_shown_to_this_machine_only(client: FlaskClient) -> None:
    here, elsewhere = (
        client.get("/tasker/tasks", environ_overrides={"REMOTE_ADDR": address}) for address in ("::1", "192.0.2.1")
    )
    assert (here.status_code, elsewhere.status_code) == (200, 403)
