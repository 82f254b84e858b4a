"""The API's paths in the documents of hosts that make one of their own."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from apispec import APISpec
from flask import Flask
from flask.views import MethodView
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, fields
from openapi_spec_validator import validate

from flask_tasker.errors import ConfigurationError
from flask_tasker.web.blueprint import create_blueprint
from flask_tasker.web.openapi import add_to
from tests.web.conftest import Host
from tests.web.documented import operations


class Task(Schema):
    """A schema of the host's, of the name of one of ours."""

    title = fields.String()


def every_operation(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (path, method.upper()) for path, item in document["paths"].items() for method in item if method != "parameters"
    }


OURS = {(f"/tasker{operation.path}", operation.method) for operation in operations()}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_flask_smorest_shows_our_paths_beside_its_own(host: Host, version: str) -> None:
    app = host.app()
    app.config.update(API_TITLE="shop", API_VERSION="1", OPENAPI_VERSION=version)
    api = Api(app)
    blueprint = SmorestBlueprint("own", __name__, url_prefix="/own")

    @blueprint.route("/task")
    class Own(MethodView):
        @blueprint.response(200, Task)  # type: ignore[untyped-decorator] # flask-smorest has no types
        def get(self) -> dict[str, str]:
            return {"title": "own"}

    api.register_blueprint(blueprint)
    add_to(api.spec, app)
    document = api.spec.to_dict()
    validate(document)
    assert every_operation(document) == OURS | {("/own/task", "GET")}
    assert "title" in document["components"]["schemas"]["Task"]["properties"]
    assert "task_id" in document["components"]["schemas"]["TaskerTask"]["properties"]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_apiflask_shows_our_paths_beside_its_own(host: Host, version: str) -> None:
    own_schema: Any = Task
    app = APIFlask(__name__, title="shop", version="1")
    app.testing = True
    app.config.update(SPEC_PROCESSOR_PASS_OBJECT=True, OPENAPI_VERSION=version)
    app.register_blueprint(create_blueprint(host.dependencies()), url_prefix="/tasker")

    @app.get("/own/task")
    @app.output(own_schema)
    def own() -> dict[str, str]:
        return {"title": "own"}

    @app.spec_processor
    def with_tasker(spec: Any) -> Any:
        add_to(spec, app)
        return spec

    document = app.test_client().get("/openapi.json").get_json()
    validate(document)
    assert every_operation(document) == OURS | {("/own/task", "GET")}


def test_names_of_ours_meet_none_of_the_hosts(host: Host) -> None:
    spec = APISpec(title="shop", version="1", openapi_version="3.1.0")
    add_to(spec, host.app())
    document = spec.to_dict()
    validate(document)
    create = document["paths"]["/tasker/tasks"]["post"]
    assert (create["operationId"], create["tags"]) == ("tasker_create_task", ["tasker task"])
    assert create["responses"]["201"]["links"]["show_task"]["operationId"] == "tasker_show_task"
    assert create["responses"]["409"] == {"$ref": "#/components/responses/TaskerError409"}
    body = create["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/TaskerCreateTask"}
    assert body["example"]["task"]["tags"] == ["paid"]
    assert {name[:6] for kind in document["components"].values() for name in kind} == {"Tasker"}


def test_one_registration_of_several_can_be_named(host: Host) -> None:
    app = Flask(__name__)
    blueprint = create_blueprint(host.dependencies())
    app.register_blueprint(blueprint, url_prefix="/one")
    app.register_blueprint(blueprint, url_prefix="/two", name="second")
    spec = APISpec(title="shop", version="1", openapi_version="3.1.0")
    add_to(spec, app, blueprint="second")
    assert {path.split("/")[1] for path in spec.to_dict()["paths"]} == {"two"}
    with pytest.raises(ConfigurationError, match="no blueprint third in this app; there is tasker, second"):
        add_to(spec, app, blueprint="third")


def test_an_app_without_the_api_is_told_what_to_do() -> None:
    spec = APISpec(title="shop", version="1", openapi_version="3.1.0")
    with pytest.raises(ConfigurationError, match=r"call Tasker\(app\)"):
        add_to(spec, Flask(__name__))


def test_a_document_of_openapi_2_is_refused(host: Host) -> None:
    spec = APISpec(title="shop", version="1", openapi_version="2.0")
    with pytest.raises(ConfigurationError, match=r"OpenAPI 3\.0 or later, got 2\.0"):
        add_to(spec, host.app())
