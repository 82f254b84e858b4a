"""``POST /customers``: a registration needs no row of its own, so the task is all there is to make."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from flask_tasker import DuplicateTaskError, InvalidRequestError

from ..extensions import tasker
from ..handlers import CustomerRegistration

customers = Blueprint("customers", __name__, url_prefix="/customers")


@customers.post("")
def create() -> ResponseReturnValue:
    """Start a registration; the same form sent twice within a minute starts one."""
    try:
        task = tasker.create_task(CustomerRegistration.request(request.get_json(), initiator="registration form"))
    except InvalidRequestError as error:
        return jsonify(error=error.faults), 400
    except DuplicateTaskError:
        return jsonify(error="this registration is on its way already"), 409
    return jsonify(task_id=task.task_id), 202
