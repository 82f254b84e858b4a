"""Contexts that a step sees as an object: a dataclass, or what a marshmallow schema loads."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import marshmallow
import pytest

from flask_tasker.errors import HandlerDefinitionError
from flask_tasker.handlers import StepRun, TaskHandler, step
from flask_tasker.handlers.context import context_schema
from tests.unit.making import handler


class Speed(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


@dataclass(frozen=True)
class Item:
    sku: str
    count: int = 1


@dataclass(frozen=True)
class Order:
    order_id: int
    first: Item
    items: list[Item] = field(default_factory=list)
    gift: Item | None = None
    note: str | None = None
    ratio: float = 1.0
    paid_at: datetime | None = None
    total: Decimal | None = None
    key: uuid.UUID | None = None
    speed: Speed = Speed.SLOW
    mode: Literal["now", "later"] = "now"
    codes: tuple[int, ...] = ()
    by_shop: dict[str, Item] = field(default_factory=dict)
    either: int | str = 0
    extra: Any = None
    derived: str = field(init=False, default="made here")


@dataclass(frozen=True)
class Node:
    name: str
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Range:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")


LEAST: dict[str, Any] = {"order_id": 7, "first": {"sku": "a"}}


def test_a_dataclass_is_loaded_with_its_defaults() -> None:
    assert context_schema(Order).load(LEAST) == Order(order_id=7, first=Item("a"))


def test_every_kind_of_field_is_loaded_as_its_type() -> None:
    context = {
        **LEAST,
        "items": [{"sku": "b", "count": 2}],
        "gift": {"sku": "c"},
        "note": "quick",
        "ratio": 2,
        "paid_at": "2026-01-02T03:04:05+00:00",
        "total": "1.10",
        "key": "00000000-0000-0000-0000-000000000007",
        "speed": "fast",
        "mode": "later",
        "codes": [1, 2],
        "by_shop": {"bern": {"sku": "d"}},
        "either": "text",
        "extra": {"any": [None]},
    }
    assert context_schema(Order).load(context) == Order(
        order_id=7,
        first=Item("a"),
        items=[Item("b", 2)],
        gift=Item("c"),
        note="quick",
        ratio=2.0,
        paid_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        total=Decimal("1.10"),
        key=uuid.UUID(int=7),
        speed=Speed.FAST,
        mode="later",
        codes=(1, 2),
        by_shop={"bern": Item("d")},
        either="text",
        extra={"any": [None]},
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"order_id": "seven"}, "'order_id': Not a valid integer."),
        ({"order_id": 1.7}, "'order_id': Not a valid integer."),
        ({"order_id": True}, "'order_id': Not a valid integer."),
        ({"order_id": None}, "'order_id': Field may not be null."),
        ({"first": {}}, "'first.sku': Missing data for required field."),
        ({"first": {"sku": "a", "size": 1}}, "'first.size': Unknown field."),
        ({"items": [{"sku": "a"}, {"sku": 3}]}, "'items.1.sku': Not a valid string."),
        ({"gift": 3}, "'gift': Invalid input type."),
        ({"speed": "warp"}, "'speed': Must be one of: slow, fast."),
        ({"mode": "never"}, "'mode': Must be one of: now, later."),
        ({"by_shop": {"bern": {}}}, "'by_shop.bern.value.sku': Missing data for required field."),
        ({"extra": None, "bad_param": 1}, "'bad_param': Unknown field."),
        ({"derived": "no"}, "'derived': Unknown field."),
    ],
)
def test_a_fault_names_the_field_by_its_path(change: dict[str, Any], fault: str) -> None:
    assert context_schema(Order).faults({**LEAST, **change}) == [fault]


def test_a_missing_field_is_reported_once() -> None:
    assert context_schema(Item).faults({}) == ["'sku': Missing data for required field."]


def test_a_good_context_has_no_faults() -> None:
    assert context_schema(Order).faults(LEAST) == []


def test_a_dataclass_may_contain_itself() -> None:
    schema = context_schema(Node)
    assert schema.load({"name": "a", "children": [{"name": "b"}]}) == Node("a", [Node("b")])
    assert schema.faults({"name": "a", "children": [{}]}) == ["'children.0.name': Missing data for required field."]


def test_what_post_init_refuses_is_a_fault() -> None:
    assert context_schema(Range).faults({"low": 3, "high": 1}) == ["low 3 is above high 1"]


def test_types_that_cannot_be_resolved_are_refused_at_definition() -> None:
    @dataclass
    class Hidden: ...

    @dataclass
    class Holder:
        hidden: Hidden

    with pytest.raises(HandlerDefinitionError, match="define the types of its fields at the top of its module"):
        context_schema(Holder)


def test_a_request_takes_an_instance_of_the_dataclass() -> None:
    @handler(schema=Order)
    class Sync(TaskHandler[Order]):
        @step
        def only(self, run: StepRun[Order]) -> int:
            return run.context.order_id

    request = Sync.request(Order(order_id=7, first=Item("a"), total=Decimal("1.10"), speed=Speed.FAST, codes=(1,)))
    assert request.context["first"] == {"sku": "a", "count": 1}
    assert (request.context["speed"], request.context["codes"]) == ("fast", [1])
    assert Sync.definition.context_schema.faults(request.context) == []


class ItemSchema(marshmallow.Schema):
    sku = marshmallow.fields.String(required=True)
    count = marshmallow.fields.Integer(load_default=1)

    @marshmallow.post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Item:
        return Item(**data)


@pytest.mark.parametrize("schema", [ItemSchema, ItemSchema()])
def test_a_marshmallow_schema_is_loaded_be_it_a_class_or_an_instance(schema: Any) -> None:
    assert context_schema(schema).load({"sku": "a"}) == Item("a", 1)


def test_a_marshmallow_schema_names_each_fault_by_its_path() -> None:
    class Basket(marshmallow.Schema):
        items = marshmallow.fields.List(marshmallow.fields.Nested(ItemSchema))

    assert context_schema(Basket).faults({"items": [{"count": "x"}], "bad_param": 1}) == [
        "'items.0.sku': Missing data for required field.",
        "'items.0.count': Not a valid integer.",
        "'bad_param': Unknown field.",
    ]


def test_a_fault_of_the_whole_schema_stands_without_a_name() -> None:
    class Pair(marshmallow.Schema):
        low = marshmallow.fields.Integer()

        @marshmallow.validates_schema
        def check(self, data: dict[str, Any], **_options: Any) -> None:
            raise marshmallow.ValidationError("low is not low")

    assert context_schema(Pair).faults({"low": 1}) == ["low is not low"]


def test_what_a_marshmallow_schema_loads_can_be_requested() -> None:
    assert context_schema(ItemSchema).dumped(Item("a", 2)) == {"sku": "a", "count": 2}


def test_a_mapping_is_requested_as_it_is() -> None:
    assert context_schema(ItemSchema).dumped({"sku": "a"}) == {"sku": "a"}
    assert context_schema(Item).dumped({"sku": "a"}) == {"sku": "a"}


def test_what_is_no_instance_of_the_dataclass_is_left_for_validation_to_refuse() -> None:
    assert context_schema(Item).dumped(3) == 3
