"""Where the dashboard is: under another prefix, nested, under another name, twice in a process, or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Blueprint, Flask

from flask_tasker import Tasker
from flask_tasker.errors import ConfigurationError
from flask_tasker.extension.tasker import _dependencies, state_of
from flask_tasker.web.dashboard.blueprint import create_dashboard
from tests.dashboard.apps import app_with
from tests.dashboard.conftest import TOKEN
from tests.dashboard.reading import Seen


def start_and_cancel(app: Flask, base: str) -> None:
    """Start a task by a form and cancel it, following links and forms only."""
    client = app.test_client()
    page = Seen(client.get(f"{base}/ui/handlers/one?name=refused"))
    form = next(tag for tag in page.all("form") if tag.get("method") == "post").get("action").partition("#")[0]
    assert form.startswith(f"{base}/ui/")
    started = client.post(form, data={TOKEN: page.value(TOKEN), "form": "json", "context": "{}"})
    assert started.status_code == 303
    page = Seen(client.get(started.headers["Location"]))
    assert "is started" in page.message
    links = {tag.get(name) for tag in page.tags for name in ("href", "src", "action") if tag.get(name)}
    assert [link for link in links if not link.startswith((f"{base}/ui/", "#"))] == []
    cancelled = client.post(page.all("form")[0].get("action"), data={TOKEN: page.value(TOKEN)})
    assert "cancelled" in Seen(client.get(cancelled.headers["Location"])).message
    for link in links:
        if "/assets/" in link:
            with client.get(link) as response:
                assert response.status_code == 200


@pytest.mark.parametrize("prefix", ["/tasker", "/a/b", "/"])
def test_it_is_below_the_prefix(prefix: str) -> None:
    with app_with(TASKER_URL_PREFIX=prefix) as app:
        base = prefix.rstrip("/")
        start_and_cancel(app, base)
        assert app.test_client().get(prefix).headers["Location"] == f"{base}/ui/"


def test_it_may_be_nested_and_renamed() -> None:
    with app_with() as app:
        deps = _dependencies(state_of(app))
        parent = Blueprint("parent", __name__, url_prefix="/parent")
        parent.register_blueprint(create_dashboard(deps), url_prefix="/jobs", name="jobs")
        app.register_blueprint(parent, name="renamed")
        app.register_blueprint(create_dashboard(deps), url_prefix="/flat", name="flat")

        start_and_cancel(app, "/parent/jobs")
        app.test_client().get("/parent/jobs/ui/nothing")
        assert app.test_client().get("/parent/jobs/").headers["Location"] == "/parent/jobs/ui/"
        assert Seen(app.test_client().get("/flat/ui/nothing")).status == 404
        assert Seen(app.test_client().get("/flat/ui/tasks")).status == 200


def test_it_is_found_where_the_app_is_mounted() -> None:
    with app_with() as app:
        page = Seen(app.test_client().get("/tasker/ui/tasks", base_url="http://localhost/shop"))
        assert page.all("a", class_="brand")[0].get("href") == "/shop/tasker/ui/"
        assert "Path=/shop/tasker/ui;" in page.response.headers["Set-Cookie"]


def test_two_apps_in_a_process_do_not_see_each_other() -> None:
    with app_with() as one, app_with(TASKER_URL_PREFIX="/jobs") as other:
        start_and_cancel(one, "/tasker")
        assert "There are no tasks yet." in Seen(other.test_client().get("/jobs/ui/tasks")).text
        assert other.test_client().get("/tasker/ui/tasks").status_code == 404


def test_the_hosts_templates_are_not_taken(tmp_path: Path) -> None:
    for name in ("base.html", "tasks.html", "error.html", "macros.html"):
        (tmp_path / name).write_text("the host's own")
    with app_with(templates=str(tmp_path)) as app:
        app.jinja_env.globals["url"] = app.jinja_env.filters["json"] = None
        start_and_cancel(app, "/tasker")


def test_it_can_be_switched_off() -> None:
    with app_with(TASKER_DASHBOARD=False) as app:
        client = app.test_client()
        assert [client.get(path).status_code for path in ("/tasker/", "/tasker/ui/", "/tasker/ui/tasks")] == [404] * 3
        assert client.get("/tasker/ui/").is_json
        assert client.get("/tasker/tasks").status_code == 200


def test_a_blueprint_of_the_same_name_is_refused_unless_it_is_off() -> None:
    for is_on in (True, False):
        app = Flask(__name__)
        app.config.update(TESTING=True, TASKER_DASHBOARD=is_on)
        app.register_blueprint(Blueprint("tasker_ui", __name__))
        if is_on:
            with pytest.raises(ConfigurationError, match="'tasker_ui'"):
                Tasker(app)
        else:
            Tasker(app)
