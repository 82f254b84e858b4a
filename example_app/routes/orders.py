"""``POST /orders`` and ``GET /orders/ID``."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, fields, post_load, validate

from ..checkout import UnknownProductError, WantedLine, Wish, place_order
from ..extensions import db
from ..models import Order

orders = Blueprint("orders", __name__, url_prefix="/orders")

LARGEST_ID = 2**31 - 1
"""Of PostgreSQL's integers."""

_text = partial(fields.String, required=True)


class LineSchema(Schema):
    """One line of a basket."""

    sku = _text(validate=validate.Length(min=1, max=32))
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1000))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> WantedLine:
        return WantedLine(**data)


class WishSchema(Schema):
    """A basket, and where it should go."""

    email = fields.Email(required=True)
    card = _text(validate=validate.Length(min=1, max=64))
    address = _text(validate=validate.Length(min=1, max=255))
    country = _text(validate=validate.Length(min=1, max=64))
    lines = fields.List(fields.Nested(LineSchema), required=True, validate=validate.Length(min=1))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Wish:
        return Wish(**data)


@orders.post("")
def create() -> ResponseReturnValue:
    """Place an order: 202, since its steps run from now on."""
    try:
        order = place_order(WishSchema().load(request.get_json()))
    except ValidationError as error:
        return jsonify(error=error.messages), 400
    except UnknownProductError as error:
        return jsonify(error=str(error)), 400
    return jsonify(order=_shown(order)), 202, {"Location": url_for("orders.show", order_id=order.order_id)}


@orders.get(f"/<int(max={LARGEST_ID}):order_id>")
def show(order_id: int) -> ResponseReturnValue:
    """Show an order, and where its task stands."""
    order = db.session.get(Order, order_id)
    return jsonify(order=_shown(order)) if order else (jsonify(error=f"there is no order {order_id}"), 404)


def _shown(order: Order) -> dict[str, Any]:
    task = order.task
    return {
        "order_id": order.order_id,
        "status": order.status,
        "total_cents": order.total_cents,
        "lines": [{"product_id": line.product_id, "quantity": line.quantity} for line in order.lines],
        "task_id": order.task_id,
        "task_status": task.status if task else None,
        "steps": {step.name: step.status for step in task.workflow_steps} if task else {},
    }
