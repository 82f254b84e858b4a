"""What Schemathesis is told beside its configuration: ids that are there, and faults that no document can announce."""

from __future__ import annotations

import os
from typing import Any, Final

import requests
import schemathesis
from schemathesis.core.failures import Failure

URL: Final = "FUZZ_URL"
"""The variable that names the prefix of the API."""

BEYOND_SCHEMAS: Final = frozenset(
    {
        # Which handlers there are, what their contexts must be, and which steps can be skipped.
        "name",
        "context",
        "bypass_steps",
        # Whether we made it.
        "cursor",
        # That one parameter of a query needs another.
        "annotation_value",
        "filters.annotation_value",
    }
)
"""Fields for which a request may be refused although it is as its schema says."""


SUITED: Final = {
    "cancel_task": {"error"},
    "retry_task": {"error"},
    "retry_step": {"error"},
    "skip_step": {"pending", "error"},
    "resolve_step": {"pending", "error"},
    "cancel_step": {"pending", "error"},
}
"""The states of a step in which a verb is allowed, by the id of the operation; each has tasks of its own."""


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Aim ids at a task and a step of it that are there, three times in four, and where a verb is allowed if any is."""
    number = (path_parameters or {}).get("task_id")
    if path_parameters is None or not isinstance(number, int) or number % 4 == 0:
        return path_parameters
    suited = suited_places(context.operation.definition.raw["operationId"]) or places()
    task_id, step_id = suited[number % len(suited)]
    there = {"task_id": task_id, "step_id": step_id}
    return {name: there.get(name, value) for name, value in path_parameters.items()}


@schemathesis.check
def a_method_that_a_path_does_not_take_is_not_found(_context: Any, response: Any, case: Any) -> None:
    """What our contract has in place of a 405; HEAD and OPTIONS are answered without being documented."""
    taken = case.operation.schema.raw_schema["paths"][case.operation.path].keys() | {"head", "options"}
    assert case.method.lower() in taken or response.status_code == 404


@schemathesis.hook
def filter_failure(_context: Any, failure: Failure, _case: Any, response: Any) -> bool:
    """Whether it is one: a valid request was refused for something that a schema cannot say."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 400:
        return True
    faults = response.json()["error"]
    return not (isinstance(faults, dict) and faults.keys() <= BEYOND_SCHEMAS)


def suited_places(name: str) -> list[tuple[int, int]]:
    """Steps on which an operation of this id is allowed now, of tasks that no other such operation is aimed at."""
    if name not in SUITED:
        return []
    mine = list(SUITED).index(name)
    return [
        (step["task_id"], step["workflow_step_id"])
        for step in steps()
        if step["status"] in SUITED[name] and step["task_id"] % len(SUITED) == mine
    ]


def places() -> list[tuple[int, int]]:
    """All steps that are there now, each after its task."""
    return [(step["task_id"], step["workflow_step_id"]) for step in steps()]


def steps() -> list[dict[str, Any]]:
    """The steps of the data set, as they are now."""
    tasks = requests.get(f"{os.environ[URL]}/tasks", params={"limit": "60"}, timeout=30).json()["tasks"]
    return [step for task in tasks for step in task["workflow_steps"]]
