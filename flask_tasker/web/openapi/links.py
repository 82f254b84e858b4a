"""What can be done next with what an answer shows: from a new task to the calls on it and on its first step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .operations import operation_id

if TYPE_CHECKING:
    from ..api.call import Call

CREATED: Final = 201

PLACES: Final = {
    "task_id": "$response.body#/task/task_id",
    "step_id": "$response.body#/task/workflow_steps/0/workflow_step_id",
}


def links_of(calls: Sequence[Call]) -> Mapping[str, Mapping[str, Any]]:
    """The links of each call that has some, by its name."""
    targets = [call for call in calls if call.placeholders and set(call.placeholders) <= set(PLACES)]
    return {call.name: dict(_links(targets)) for call in calls if call.status == CREATED}


def _links(targets: Sequence[Call]) -> Sequence[tuple[str, dict[str, Any]]]:
    return [
        (
            operation_id(call, method),
            {
                "operationId": operation_id(call, method),
                "description": call.summary,
                "parameters": {name: PLACES[name] for name in call.placeholders},
            },
        )
        for call in targets
        for method in call.methods
    ]
