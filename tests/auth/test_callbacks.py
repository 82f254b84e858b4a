"""The ready-made callbacks, over the real libraries: known, unknown, refused, and as whom one acts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth, MultiAuth
from flask_jwt_extended import JWTManager, create_access_token
from flask_login import LoginManager, UserMixin, login_user

from flask_tasker import Access, Tasker
from flask_tasker.auth.http_auth import by_http_auth
from flask_tasker.auth.jwt import by_jwt
from flask_tasker.auth.login import by_login

TASKS = "/tasker/tasks"
COPY = {"task": {"name": "copy"}}


def decide(user: Any, permission: str, _resource: Any) -> Access | bool:
    """Ann may do everything to her own tasks, Bob may look at them, nobody else may anything."""
    name = user["sub"] if isinstance(user, dict) else str(getattr(user, "id", user))
    if name == "ann":
        return Access(actor="ann", owner="ann", scope="ann")
    return Access(actor="bob", scope="ann") if name == "bob" and permission.endswith((":index", ":show")) else False


def with_login(app: Flask, tasker: Tasker) -> None:
    """Flask-Login, with a page that logs in whoever it names."""
    manager = LoginManager(app)

    class User(UserMixin):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            self.id = name

    manager.user_loader(User)
    app.add_url_rule("/login/<name>", view_func=lambda name: str(login_user(User(name))), endpoint="login")
    tasker.authorize(by_login(decide))


def logged_in(app: Flask, name: str) -> dict[str, str]:
    """A cookie of the app's."""
    cookie = app.test_client().get(f"/login/{name}").headers["Set-Cookie"]
    return {"Cookie": cookie.partition(";")[0]}


def with_jwt(app: Flask, tasker: Tasker) -> None:
    """Flask-JWT-Extended."""
    JWTManager(app)
    tasker.authorize(by_jwt(decide))


def with_token_of_jwt(_app: Flask, name: str) -> dict[str, str]:
    """A token that the app has signed."""
    return {"Authorization": f"Bearer {create_access_token(identity=name)}"}


def with_basic(_app: Flask, tasker: Tasker) -> None:
    """Flask-HTTPAuth, names and passwords."""
    auth = HTTPBasicAuth()
    auth.verify_password(lambda name, password: name if password == f"{name}'s" else None)
    tasker.authorize(by_http_auth(auth, decide))


def with_password(_app: Flask, name: str) -> dict[str, str]:
    """The name and password, as a browser sends them."""
    from werkzeug.datastructures import Authorization

    return {"Authorization": Authorization("basic", {"username": name, "password": f"{name}'s"}).to_header()}


def with_tokens(_app: Flask, tasker: Tasker) -> None:
    """Flask-HTTPAuth, passwords or API tokens."""
    basic, tokens = HTTPBasicAuth(), HTTPTokenAuth("Bearer")
    basic.verify_password(lambda _name, _password: None)
    tokens.verify_token({f"token-of-{name}": name for name in ("ann", "bob", "eve")}.get)
    tasker.authorize(by_http_auth(MultiAuth(basic, tokens), decide))


def with_api_token(_app: Flask, name: str) -> dict[str, str]:
    """The API token."""
    return {"Authorization": f"Bearer token-of-{name}"}


WAYS = {
    "Flask-Login": (with_login, logged_in),
    "Flask-JWT-Extended": (with_jwt, with_token_of_jwt),
    "HTTP basic": (with_basic, with_password),
    "API tokens": (with_tokens, with_api_token),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, app: Flask, tasker: Tasker) -> Any:
    """Gives the headers of someone."""
    open_app, headers = WAYS[request.param]
    open_app(app, tasker)
    return lambda name: headers(app, name)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Without cookies of its own."""
    return app.test_client(use_cookies=False)


def test_who_says_nothing_is_unknown_and_told_how_to_say_it(client: FlaskClient, way: Any) -> None:
    response = client.get(TASKS)

    assert (response.status_code, response.get_json()) == (401, {"status": 401, "error": "Unauthorized"})
    assert response.headers["WWW-Authenticate"].split()[0] in ("Basic", "Bearer", "Session")


def test_who_is_known_acts_under_their_name_and_owns_what_they_create(client: FlaskClient, way: Any) -> None:
    created = client.post(TASKS, json=COPY, headers=way("ann"))
    task_id = created.get_json()["task"]["task_id"]
    assert created.status_code == 201

    assert client.delete(f"{TASKS}/{task_id}", headers=way("ann")).status_code == 200
    seen = client.get(f"{TASKS}/{task_id}/transitions", headers=way("ann")).get_json()["transitions"]
    assert {line["actor"] for line in seen if line["to_status"] == "cancelled"} == {"ann"}


def test_who_may_only_look_sees_what_is_in_their_scope(client: FlaskClient, way: Any) -> None:
    client.post(TASKS, json=COPY, headers=way("ann"))

    assert len(client.get(TASKS, headers=way("bob")).get_json()["tasks"]) == 1
    assert client.post(TASKS, json=COPY, headers=way("bob")).status_code == 403


def test_who_is_known_and_may_nothing_is_refused(client: FlaskClient, way: Any) -> None:
    response = client.get(TASKS, headers=way("eve"))

    assert (response.status_code, response.get_json()) == (403, {"status": 403, "error": "Forbidden"})


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", ""])
def test_a_token_that_is_not_ours_is_as_good_as_none(
    app: Flask, tasker: Tasker, client: FlaskClient, token: str
) -> None:
    with_jwt(app, tasker)

    assert client.get(TASKS, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_that_has_expired_is_as_good_as_none(app: Flask, tasker: Tasker, client: FlaskClient) -> None:
    with_jwt(app, tasker)
    token = create_access_token(identity="ann", expires_delta=timedelta(seconds=-1))

    assert client.get(TASKS, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_wrong_password_is_as_good_as_none(app: Flask, tasker: Tasker, client: FlaskClient) -> None:
    with_basic(app, tasker)

    assert client.get(TASKS, auth=("ann", "bob's")).status_code == 401


def test_who_decides_may_ask_the_request(app: Flask, tasker: Tasker, client: FlaskClient) -> None:
    basic = HTTPBasicAuth()
    basic.verify_password(lambda name, _password: name or None)
    tasker.authorize(by_http_auth(basic, lambda _user, _permission, _resource: request.headers["X-Team"] == "shop"))

    answers = [client.get(TASKS, auth=("ann", ""), headers={"X-Team": team}) for team in ("shop", "stock")]

    assert [response.status_code for response in answers] == [200, 403]
