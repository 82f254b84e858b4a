"""What clients of the engine rely on: the types of arguments and fields, as they declare them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from flask_tasker.web.graphql.schema import SCHEMA
from tests.graphql.operations import top_fields

DOCUMENTATION: Final = Path(__file__).parents[2] / "docs" / "graphql.md"

PAGE = {"limit": "Int", "offset": "Int", "sortBy": "String", "sortOrder": "String"}
QUERIES = {
    "tasks": PAGE,
    "tasksByStatus": {"status": "String!", **PAGE},
    "tasksByAnnotation": {
        "annotationType": "String!",
        "annotationKey": "String!",
        "annotationValue": "String!",
        **PAGE,
    },
    "task": {"taskId": "ID!"},
    "step": {"taskId": "Int!", "stepId": "ID!"},
    "annotationTypes": {},
}
STEP = {"taskId": "Int!", "stepId": "ID!", "clientMutationId": "String"}
MUTATIONS = {
    "createTask": {
        "name": "String!",
        "context": "JSON!",
        "initiator": "String",
        "sourceSystem": "String",
        "reason": "String",
        "tags": "[String!]",
        "bypassSteps": "[String!]",
        "clientMutationId": "String",
    },
    "updateTask": {"taskId": "ID!", "reason": "String", "tags": "[String!]", "clientMutationId": "String"},
    "cancelTask": {"taskId": "ID!", "clientMutationId": "String"},
    "retryTask": {"taskId": "ID!", "reason": "String", "clientMutationId": "String"},
    "updateStep": {**STEP, "retryLimit": "Int", "inputs": "JSON"},
    "cancelStep": STEP,
    "retryStep": {**STEP, "reason": "String"},
    "skipStep": {**STEP, "reason": "String"},
    "resolveStep": {**STEP, "results": "JSON", "reason": "String"},
}
KEYS = {
    "Task": {"taskId": "ID!", "namedTaskId": "Int!", "requestedAt": "ISO8601DateTime!", "context": "JSON!"},
    "WorkflowStep": {"workflowStepId": "ID!", "taskId": "Int!", "namedStepId": "Int!", "dependsOnStepId": "Int"},
    "TaskAnnotation": {"taskAnnotationId": "ID!", "taskId": "Int!", "annotationTypeId": "Int!"},
    "NamedTask": {"namedTaskId": "ID!"},
    "NamedStep": {"namedStepId": "ID!", "dependentSystemId": "Int!"},
    "DependentSystem": {"dependentSystemId": "ID!"},
    "AnnotationType": {"annotationTypeId": "ID!"},
}


def kinds(members: Any) -> dict[str, str]:
    return {name: str(member.type) for name, member in members.items()}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_takes_what_clients_declare(name: str) -> None:
    assert SCHEMA.query_type is not None
    assert kinds(SCHEMA.query_type.fields[name].args) == QUERIES[name]


def test_a_list_says_its_defaults() -> None:
    assert SCHEMA.query_type is not None
    arguments = SCHEMA.query_type.fields["tasks"].args
    assert {name: argument.default_value for name, argument in arguments.items()} == {
        "limit": 20,
        "offset": 0,
        "sortBy": "requested_at",
        "sortOrder": "desc",
    }


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_takes_one_input_with_what_clients_declare(name: str) -> None:
    assert SCHEMA.mutation_type is not None
    kind = name[0].upper() + name[1:] + "Input"
    assert kinds(SCHEMA.mutation_type.fields[name].args) == {"input": f"{kind}!"}
    taken = kinds(SCHEMA.type_map[kind].fields)  # type: ignore[attr-defined]
    assert MUTATIONS[name].items() <= taken.items()


def test_every_mutation_takes_a_client_mutation_id() -> None:
    assert SCHEMA.mutation_type is not None
    inputs = [
        SCHEMA.type_map[str(field.args["input"].type).rstrip("!")] for field in SCHEMA.mutation_type.fields.values()
    ]
    assert [kind.name for kind in inputs if "clientMutationId" not in kind.fields] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", KEYS)
def test_an_own_key_is_an_id_and_a_foreign_one_an_int(name: str) -> None:
    assert KEYS[name].items() <= kinds(SCHEMA.type_map[name].fields).items()  # type: ignore[attr-defined]


def test_fields_at_the_top_may_be_null() -> None:
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        assert root is not None
        assert [name for name, kind in kinds(root.fields).items() if kind.endswith("!")] == []


@pytest.mark.parametrize("name", [name for _, name in top_fields()])
def test_the_documentation_has_an_example_of_each_field(name: str) -> None:
    snippets = re.findall(r"```python\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)
    assert any(re.search(rf"\b{name}(\(| {{)", snippet) for snippet in snippets)
