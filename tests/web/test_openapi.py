"""The OpenAPI document: it is valid, whole, and true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from flask_tasker import Access
from flask_tasker.web.blueprint import create_blueprint
from flask_tasker.web.graphql.page import ASSET_ENDPOINT
from flask_tasker.web.graphql.route import ENDPOINT, PAGE_ENDPOINT
from flask_tasker.web.openapi.document import document_of
from flask_tasker.web.openapi.mount import mount_of
from tests.web.conftest import Host
from tests.web.documented import Operation, document, operations

OPERATIONS = operations()
PERMISSION = "tasker.openapi:show"

# What is answered with 404, and GraphQL, which has a schema of its own, with its page for developers.
UNDOCUMENTED = {f"tasker.{name}" for name in ("unknown", ENDPOINT, PAGE_ENDPOINT, ASSET_ENDPOINT)}


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Of a schema in the document, whose references it follows."""
    return Draft202012Validator({**schema, "components": document()["components"]})


def named(operation: Operation) -> str:
    return operation.id


def test_the_document_is_valid(client: FlaskClient) -> None:
    response = client.get("/tasker/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.get_json()["openapi"] == "3.1.0"
    validate(response.get_json())


def test_the_document_is_valid_as_openapi_3_0(host: Host) -> None:
    calls = mount_of(host.app()).calls
    validate(document_of(calls, server="/tasker", openapi_version="3.0.3"))


def test_every_route_of_the_blueprint_is_in_the_document(host: Host) -> None:
    app = host.app()
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/tasker")), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("tasker.") and rule.endpoint not in UNDOCUMENTED
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(operation.path, operation.method) for operation in OPERATIONS}


def test_no_two_operations_have_the_same_id() -> None:
    ids = [operation.id for operation in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_the_document_is_made_once_and_revalidated(host: Host) -> None:
    app = host.app()
    client = app.test_client()
    first = client.get("/tasker/openapi.json")
    assert mount_of(app).document is mount_of(app).document
    again = client.get("/tasker/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "max-age=0, private, must-revalidate"


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi", "/openapi.css"])
def test_the_document_and_its_page_are_behind_a_permission(host: Host, path: str) -> None:
    asked: list[str] = []

    def refuse(permission: str, _resource: Any) -> bool:
        asked.append(permission)
        return False

    host.authorize = refuse
    response = host.app().test_client().get(f"/tasker{path}")
    assert (response.status_code, response.get_json()) == (403, {"status": 403, "error": "Forbidden"})
    assert asked == [PERMISSION]
    host.authorize = lambda permission, _resource: Access() if permission == PERMISSION else False
    assert host.app().test_client().get(f"/tasker{path}").status_code == 200


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_every_example_is_as_its_schema_says(operation: Operation) -> None:
    media = [
        *operation.said.get("requestBody", {}).get("content", {}).values(),
        *(one for answer in operation.said["responses"].values() for one in answer.get("content", {}).values()),
        *operation.parameters,
    ]
    assert [one for one in media if "example" not in one] == []
    for one in media:
        validator(one["schema"]).validate(one["example"])


def test_every_example_of_an_error_is_as_its_schema_says() -> None:
    for response in document()["components"]["responses"].values():
        (media,) = response["content"].values()
        assert media["examples"]
        for example in media["examples"].values():
            validator(media["schema"]).validate(example["value"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_every_operation_says_how_it_may_be_refused(operation: Operation) -> None:
    said = set(operation.said["responses"])
    assert {"500", "503"} <= said
    assert said.isdisjoint({"401", "403"}) if operation.permission is None else said >= {"401", "403"}
    assert ("413" in said) == operation.takes_body
    assert ("404" in said) >= bool(operation.names) or operation.id == "list_handlers_of_namespace"


def test_only_what_is_there_may_be_null() -> None:
    steps = document()["components"]["schemas"]["Step"]["properties"]
    empty = {name for name, schema in steps.items() if validator(schema).is_valid(None)}
    assert empty == {
        "backoff_request_seconds",
        "depends_on_step_id",
        "error",
        "inputs",
        "last_attempted_at",
        "next_attempt_at",
        "processed_at",
        "results",
        "timeout_seconds",
    }
    tasks = document()["components"]["schemas"]["Task"]["properties"]
    assert {name for name, schema in tasks.items() if validator(schema).is_valid(None)} == {
        "completed_at",
        "correlation_id",
        "reason",
    }


def test_limits_and_offsets_are_whole_numbers_from_0_on() -> None:
    (listing,) = [operation for operation in OPERATIONS if operation.id == "list_tasks"]
    schemas = {parameter["name"]: parameter["schema"] for parameter in listing.parameters}
    assert schemas["limit"] == {"type": "integer", "minimum": 0, "default": 20}
    assert schemas["offset"] == {"type": "integer", "minimum": 0, "default": 0}
    assert schemas["status"]["enum"][0] == "pending"
    assert schemas["requested_after"] == {"type": "string", "format": "date-time"}


def test_a_new_task_links_to_every_call_on_it_and_on_its_first_step() -> None:
    (create,) = [operation for operation in OPERATIONS if operation.id == "create_task"]
    links = create.said["responses"]["201"]["links"]
    on_it = {operation.id for operation in OPERATIONS if "task_id" in operation.names}
    assert {link["operationId"] for link in links.values()} == on_it
    assert links["cancel_task"]["parameters"] == {"task_id": "$response.body#/task/task_id"}


@pytest.mark.parametrize(
    ("prefix", "below", "server"), [("/jobs", "", "/outer/jobs"), ("/jobs", "/shop", "/shop/outer/jobs")]
)
def test_the_server_is_where_the_client_finds_the_blueprint(host: Host, prefix: str, below: str, server: str) -> None:
    app = Flask(__name__)
    app.testing = True
    outer = Blueprint("outer", __name__, url_prefix="/outer")
    outer.register_blueprint(create_blueprint(host.dependencies()), url_prefix=prefix, name="inner")
    app.register_blueprint(outer, name="renamed")
    client = app.test_client()
    options = {"environ_overrides": {"SCRIPT_NAME": below}}
    response = client.get(f"/outer{prefix}/openapi.json", **options)
    assert response.get_json()["servers"] == [{"url": server}]
    page = client.get(f"/outer{prefix}/openapi", **options).text
    assert f'href="{server}/openapi.css"' in page


def test_a_blueprint_at_the_root_has_the_root_as_its_server(host: Host) -> None:
    app = Flask(__name__)
    app.testing = True
    app.register_blueprint(create_blueprint(host.dependencies()), url_prefix="/")
    assert app.test_client().get("/openapi.json").get_json()["servers"] == [{"url": "/"}]


def test_two_registrations_have_a_document_each(host: Host) -> None:
    app = Flask(__name__)
    app.testing = True
    blueprint = create_blueprint(host.dependencies())
    app.register_blueprint(blueprint, url_prefix="/one")
    app.register_blueprint(blueprint, url_prefix="/two", name="second")
    client = app.test_client()
    servers = [client.get(f"/{name}/openapi.json").get_json()["servers"] for name in ("one", "two")]
    assert servers == [[{"url": "/one"}], [{"url": "/two"}]]
