"""The outside systems answer by the data that they are sent."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from example_app.outside import create_service


@pytest.fixture
def service() -> FlaskClient:
    """Systems that have done nothing yet."""
    return create_service(slow_seconds=0.01, retry_after=7).test_client()


def charge(service: FlaskClient, card: str, *, key: str = "key", cents: int = 100) -> TestResponse:
    body = {"reference": "order-1", "card": card, "cents": cents}
    return service.post("/payments", json=body, headers={"Idempotency-Key": key})


def charges(service: FlaskClient) -> int:
    answer = service.get("/books").get_json()
    return int(answer["done"].get("payments", {}).get("order-1", 0))


def test_a_request_is_carried_out_once_for_each_key(service: FlaskClient) -> None:
    answers = [charge(service, "card").get_json() for _attempt in range(3)]
    assert answers == [{"id": "payments-1", "reference": "order-1"}] * 3
    assert charges(service) == 1


def test_another_key_is_another_charge(service: FlaskClient) -> None:
    charge(service, "card", key="one")
    charge(service, "card", key="two")
    assert charges(service) == 2


def test_a_key_that_comes_with_another_body_is_refused(service: FlaskClient) -> None:
    charge(service, "card", cents=100)
    assert charge(service, "card", cents=200).status_code == 422


@pytest.mark.parametrize(("card", "first"), [("card-busy", 503), ("card-limited", 429), ("card-slow", 200)])
def test_trouble_passes(service: FlaskClient, card: str, first: int) -> None:
    assert [charge(service, card).status_code for _attempt in range(2)] == [first, 200]
    assert charges(service) == 1


def test_too_many_requests_says_when_to_come_again(service: FlaskClient) -> None:
    assert charge(service, "card-limited").headers["Retry-After"] == "7"


def test_a_refusal_stays(service: FlaskClient) -> None:
    assert [charge(service, "card-refused").status_code for _attempt in range(2)] == [402, 402]
    assert charges(service) == 0


def test_what_was_done_before_is_a_conflict_with_the_record(service: FlaskClient) -> None:
    answer = charge(service, "card-done")
    assert answer.status_code == 409
    assert answer.get_json()["record"]["reference"] == "order-1"


def test_answers_are_counted(service: FlaskClient) -> None:
    charge(service, "card-busy")
    charge(service, "card-busy")
    assert service.get("/books").get_json()["answers"] == {"payments": {"200": 1, "503": 1}}


def test_tax_is_a_fifth(service: FlaskClient) -> None:
    body = {"reference": "order-1", "country": "Portugal", "net_cents": 1000}
    assert service.post("/tax", json=body, headers={"Idempotency-Key": "key"}).get_json()["tax_cents"] == 200


@pytest.mark.parametrize("body", [{"reference": "order-1"}, {"card": "card"}, []])
def test_a_request_that_lacks_something_is_a_bad_one(service: FlaskClient, body: object) -> None:
    assert service.post("/payments", json=body, headers={"Idempotency-Key": "key"}).status_code == 400
    assert service.post("/payments", json={"reference": "order-1", "card": "card"}).status_code == 400
