"""The GraphiQL page: in debug only, and everything that it loads comes from the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from flask_tasker.web.blueprint import create_blueprint
from flask_tasker.web.graphql.page import ASSETS
from tests.web.conftest import Host, engine, host, rows

__all__ = ["engine", "host", "rows"]

PATH = "/tasker/graphql"


@pytest.fixture
def client(host: Host) -> FlaskClient:
    app = host.app(testing=False)
    app.debug = True
    return app.test_client()


def loaded(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_in_debug_the_page_and_what_it_loads_are_there(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert f'data-endpoint="{PATH}"' in response.text
    names = loaded(response.text)
    assert len(names) == 6
    for name in names:
        asset = client.get(name)
        assert asset.status_code == 200
        assert asset.mimetype in ("text/javascript", "text/css")
        assert asset.headers["X-Content-Type-Options"] == "nosniff"
        asset.close()


def test_the_page_has_a_policy_and_nothing_inline(client: FlaskClient) -> None:
    response = client.get(PATH)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|https?://", response.text) == []


def test_the_page_works_where_the_blueprint_is_nested_and_renamed(host: Host) -> None:
    app = Flask(__name__)
    app.debug = True
    parent = Blueprint("parent", __name__, url_prefix="/parent")
    parent.register_blueprint(create_blueprint(host.dependencies()), url_prefix="/jobs", name="jobs")
    app.register_blueprint(parent, name="renamed")
    client = app.test_client()
    names = loaded(client.get("/parent/jobs/graphql").text)
    assert {name.rsplit("/", 1)[0] for name in names} == {"/parent/jobs/graphql/assets"}
    with client.get(names[0]) as asset:
        assert asset.status_code == 200


def test_outside_debug_there_is_no_page(host: Host) -> None:
    client = host.app().test_client()
    for path in (PATH, f"{PATH}/assets/graphiql.min.js"):
        assert (client.get(path).status_code, client.get(path).mimetype) == (404, "application/json")


@pytest.mark.parametrize("name", ["nothing.js", "..%2fpage.py", "%2e%2e/page.py", "sub/nothing.js"])
def test_no_other_file_is_given_out(client: FlaskClient, name: str) -> None:
    response = client.get(f"{PATH}/assets/{name}")
    assert (response.status_code, response.mimetype) == (404, "application/json")


def test_a_closed_api_has_no_page(host: Host) -> None:
    assert host.app(testing=False).test_client().get(PATH).status_code == 403


def test_each_script_that_is_not_ours_has_its_licence_beside_it() -> None:
    notice = (ASSETS / "NOTICE").read_text()
    foreign = sorted(path.name for path in ASSETS.glob("*.min.*"))
    assert [name for name in foreign if name not in notice] == []
    licences = set(re.findall(r"\S+\.LICENSE", notice))
    assert licences == {path.name for path in ASSETS.glob("*.LICENSE")}
    assert all("MIT" in Path(ASSETS / name).read_text() for name in licences)
