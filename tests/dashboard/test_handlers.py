"""The pages of handlers, and tasks that are started there."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker import Access, StepRun, TaskHandler, step, task_handler
from tests.dashboard.conftest import Browser
from tests.http.conftest import Desk
from tests.http.test_costs import statements_of

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["order_id", "express"],
    "properties": {
        "order_id": {"type": "integer", "minimum": 1, "description": "As it is on the bill."},
        "express": {"type": "boolean"},
        "weight": {"type": "number"},
        "note": {"type": "string", "maxLength": 10, "default": "none"},
        "courier": {"enum": ["bike", "van", 3, None]},
    },
}
ONE = "/handlers/one?name=order"


@pytest.fixture
def order(desk: Desk) -> None:
    """A handler that takes an order."""
    register(desk, ORDER)


def register(desk: Desk, schema: Any) -> None:
    factory = desk.app.extensions["tasker"].handlers

    @task_handler("order", factory=factory, schema=schema)
    class Order(TaskHandler[Any]):
        """Bring an order."""

        @step(skippable=True)
        def weigh(self, run: StepRun[Any]) -> Any:
            return {}


def typed(**values: str) -> dict[str, str]:
    return {f"property.{name}": value for name, value in values.items()}


def test_every_handler_and_version_is_listed(browser: Browser) -> None:
    rows = browser.get("/handlers").rows("Handlers")

    assert [row[:3] for row in rows] == [
        ["default/refused@0.1.0", "", "2"],
        ["shop/copy@1.10", "Copy an order.", "4"],
        ["shop/copy@1.9", "", "1"],
    ]


def test_a_handler_is_shown_with_its_steps_their_retries_and_their_order(browser: Browser) -> None:
    page = browser.get("/handlers/one?namespace=shop&name=copy&version=1.10")

    assert "Copy an order." in page.text
    steps = page.rows("Steps")
    assert [row[0] for row in steps] == ["one", "two", "three", "four"]
    assert steps[3][2] == "two, three"
    assert steps[2][3] == "ledger"
    assert steps[0][4] == "3 attempts; waits 1 s, each time 2 times as long, 300 s at most, less up to 25% by chance"
    assert [tag.text for tag in page.all("li") if tag.within[-1].get("class") == "levels"] == [
        "one",
        "two, three",
        "four",
    ]
    assert [tag.text for tag in page.all("a", aria_current="page") if "version=" in tag.get("href")] == ["1.10"]


def test_handlers_cost_no_statement(browser: Browser, desk: Desk) -> None:
    with statements_of(desk) as seen:
        assert browser.get("/handlers").status == 200
        assert browser.get("/handlers/one?namespace=shop&name=copy").status == 200

    assert seen == []


def test_the_highest_version_is_shown_unless_one_is_named(browser: Browser) -> None:
    assert browser.get("/handlers/one?namespace=shop&name=copy").all("h1")[0].text == "shop/copy@1.10"
    assert browser.get("/handlers/one?namespace=shop&name=copy&version=1.9").all("h1")[0].text == "shop/copy@1.9"


@pytest.mark.parametrize("query", ["", "?name=nothing", "?name=copy", "?name=copy&namespace=shop&version=2"])
def test_a_handler_that_is_not_known_is_not_found(browser: Browser, query: str) -> None:
    assert browser.get(f"/handlers/one{query}").status == 404
    assert browser.send(f"/handlers/one{query}").status == 404


@pytest.mark.usefixtures("order")
def test_the_form_has_a_field_for_each_property_with_its_default(browser: Browser) -> None:
    page = browser.get(ONE)

    names = [tag.get("name") for tag in page.tags if tag.get("name").startswith("property.")]
    assert names == [f"property.{name}" for name in ORDER["properties"]]
    assert page.value("property.note") == "none"
    assert "As it is on the bill." in page.text
    choices = [tag.get("value") for tag in page.all("option") if tag.within[-1].get("name") == "property.courier"]
    assert choices == ["", '"bike"', '"van"', "3", "null"]


@pytest.mark.usefixtures("order")
def test_a_task_is_started_from_the_fields(browser: Browser, desk: Desk) -> None:
    desk.access = Access(actor="anna", owner="shop")
    values = typed(order_id="12", express="false", weight="1.5", note="soon", courier='"van"')

    page = browser.act(ONE, **values, reason="by phone", tags="vip, , late", bypass_steps="weigh")

    task = desk.task(int(page.message.split()[1]))
    assert page.message == f"Task {task['task_id']} is started."
    assert task["context"] == {"order_id": 12, "express": False, "weight": 1.5, "note": "soon", "courier": "van"}
    assert (task["initiator"], task["source_system"], task["reason"]) == ("anna", "dashboard", "by phone")
    assert (task["tags"], task["bypass_steps"]) == (["vip", "late"], ["weigh"])


@pytest.mark.usefixtures("order")
def test_a_field_that_is_left_empty_is_left_out_and_gets_its_default(browser: Browser, desk: Desk) -> None:
    page = browser.act(ONE, **typed(order_id="1", express="true", weight="", note="", courier=""))

    context = desk.task(int(page.message.split()[1]))["context"]
    assert context == {"order_id": 1, "express": True, "note": "none"}


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("order_id", "one", "must be a whole number"),
        ("order_id", "1.5", "must be a whole number"),
        ("order_id", "0", "0 is less than the minimum of 1"),
        ("order_id", "", "is a required property"),
        ("express", "maybe", "must be one of the choices"),
        ("weight", "heavy", "must be a number"),
        ("weight", "NaN", "must be a number"),
        ("weight", "true", "must be a number"),
        ("note", "x" * 11, "'xxxxxxxxxxx' is too long"),
        ("note", "\x00", "must not hold NUL"),
        ("courier", "bike", "must be one of the choices"),
    ],
)
def test_a_fault_stands_beside_its_field_and_what_was_typed_is_kept(
    browser: Browser, desk: Desk, name: str, value: str, fault: str
) -> None:
    values = typed(**{"order_id": "1", "express": "true", "note": "typed", name: value})

    page = browser.send(ONE, **values, tags="a, b", reason="why", bypass_steps="weigh")

    assert page.status == 400
    assert len(page.faults) == 1
    if fault != "must not hold NUL":
        assert page.faults == [fault]
        field = next(tag for tag in page.tags if tag.get("name") == f"property.{name}")
        assert field.get("aria-invalid") == "true"
    known = {key: said for key, said in values.items() if said not in ("maybe", "bike")}
    assert {key: page.value(key) for key in known} == known
    assert (page.value("tags"), page.value("reason")) == ("a, b", "why")
    assert [tag.get("value") for tag in page.all("input", name="bypass_steps") if "checked" in tag.attributes] == [
        "weigh"
    ]
    assert desk.ids("") == []


@pytest.mark.usefixtures("order")
def test_the_other_fields_have_their_faults_beside_them(browser: Browser) -> None:
    values = typed(order_id="1", express="true")

    page = browser.send(ONE, **values, reason="x" * 129, tags="y" * 256, bypass_steps="nothing")

    assert page.status == 400
    assert page.all("input", name="reason")[0].get("aria-describedby") == "reason-hint reason-faults"
    assert sorted(page.faults) == [
        "'nothing' is not a step of order",
        "must be 100 at most, of 255 characters each",
        "must have 128 characters at most, got 129",
    ]


@pytest.mark.usefixtures("order")
def test_the_same_task_twice_in_a_minute_is_said_to_be_there_already(browser: Browser, desk: Desk) -> None:
    values = typed(order_id="1", express="true")
    browser.act(ONE, **values)

    page = browser.send(ONE, **values)

    assert page.status == 409
    assert "is identical to a request made in the last minute" in page.faults[0]
    assert page.value("property.order_id") == "1"


@pytest.mark.usefixtures("order")
def test_a_form_that_is_sent_twice_starts_one_task(browser: Browser, desk: Desk) -> None:
    values = {**typed(order_id="1", express="true"), "form_key": browser.get(ONE).value("form_key")}

    once, again = browser.act(ONE, **values), browser.act(ONE, **values)

    assert once.message == again.message
    assert len(desk.ids("")) == 1
    assert browser.act(ONE, **typed(order_id="1", express="true"), form_key=browser.get(ONE).value("form_key"))
    assert len(desk.ids("")) == 2


@pytest.mark.usefixtures("order")
def test_a_form_that_has_started_a_task_says_so_before_it_starts_another(browser: Browser, desk: Desk) -> None:
    key = browser.get(ONE).value("form_key")
    browser.act(ONE, **typed(order_id="1", express="true"), form_key=key)

    page = browser.send(ONE, **typed(order_id="2", express="true"), form_key=key)

    assert page.status == 409
    assert page.faults == ["form: has started a task already, with other values; send it again to start one more"]
    assert (len(desk.ids("")), page.value("property.order_id")) == (1, "2")
    browser.act(ONE, **typed(order_id="2", express="true"), form_key=page.value("form_key"))
    assert len(desk.ids("")) == 2


@pytest.mark.usefixtures("order")
def test_a_form_with_a_fault_keeps_its_key(browser: Browser) -> None:
    key = browser.get(ONE).value("form_key")
    page = browser.send(ONE, **typed(order_id="one", express="true"), form_key=key)
    assert (page.status, page.value("form_key")) == (400, key)


NOT_FLAT = [
    None,
    {"type": "object"},
    {"type": "object", "properties": {"lines": {"type": "array"}}},
    {"type": "object", "properties": {"address": {"type": "object"}}},
    {"type": "object", "properties": {"a": {"type": ["string", "integer"]}}},
    {"type": "object", "properties": {"a": {"anyOf": [{"type": "string"}]}}},
    {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True},
    {"type": "object", "properties": {"a": {"type": "string"}}, "oneOf": [{"required": ["a"]}]},
]


@pytest.mark.parametrize("schema", NOT_FLAT)
def test_what_is_not_flat_is_typed_as_json(browser: Browser, desk: Desk, schema: Any) -> None:
    register(desk, schema)

    page = browser.get(ONE)
    assert page.value("context") == "{}"
    assert page.value("form") == "json"

    for bad, fault in [("[1]", "must be an object: {…}"), ("[", "line 1, column 2: Expecting value")]:
        page = browser.send(ONE, form="json", context=bad)
        assert (page.status, page.value("context"), page.faults) == (400, bad, [fault])


@pytest.mark.usefixtures("order")
def test_a_flat_context_may_be_typed_as_json_too(browser: Browser, desk: Desk) -> None:
    assert '"note": "none"' in browser.get(f"{ONE}&form=json").value("context")
    page = browser.act(ONE, form="json", context='{"order_id": 3, "express": true, "courier": null}')

    assert desk.task(int(page.message.split()[1]))["context"]["courier"] is None
    refused = browser.send(ONE, form="json", context='{"order_id": "x", "express": true, "more": 1}')
    assert len(refused.faults) == 2


@pytest.mark.usefixtures("order")
def test_who_may_not_start_a_task_is_shown_no_form(browser: Browser, desk: Desk) -> None:
    desk.app.extensions["tasker"].authorize = lambda permission, _resource: permission != "tasker.task:create"

    assert browser.get(ONE).actions() == set()
