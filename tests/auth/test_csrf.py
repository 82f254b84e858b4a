"""Under the host's Flask-WTF, programs need no token of a form; pages of other sites are refused all the same."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from flask_tasker import Tasker
from tests.auth.conftest import SECRET


@pytest.mark.parametrize("first", ["csrf", "tasker"])
def test_the_api_is_exempt_whichever_is_set_up_first_and_the_hosts_own_pages_are_not(
    tasker: Tasker, first: str
) -> None:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=SECRET, SQLALCHEMY_DATABASE_URI="sqlite://", TASKER_BROKER_URL="inline://", TASKER_TRUSTED_ORIGINS=[]
    )
    db = SQLAlchemy(app)
    set_up = {"csrf": CSRFProtect().init_app, "tasker": tasker.init_app}
    for name in sorted(set_up, reverse=first != "csrf"):
        set_up[name](app)
    app.add_url_rule("/own", view_func=lambda: "done", endpoint="own", methods=["POST"])
    with app.app_context():
        db.create_all()
        tasker.authorize(lambda _permission, _resource: True)
        client = app.test_client()

        assert client.post("/tasker/tasks", json={"task": {"name": "copy"}}).status_code == 201
        assert client.post("/own").status_code == 400
        foreign = {"Origin": "https://evil.example"}
        assert client.post("/tasker/tasks", json={"task": {"name": "copy"}}, headers=foreign).status_code == 403
        db.engine.dispose()


def test_an_origin_that_is_trusted_may_make_requests(tasker: Tasker) -> None:
    app = Flask(__name__)
    app.config.update(
        TESTING=True, SQLALCHEMY_DATABASE_URI="sqlite://", TASKER_TRUSTED_ORIGINS="https://Admin.example, http://x:1"
    )
    db = SQLAlchemy(app)
    tasker.init_app(app)
    with app.app_context():
        db.create_all()
        body = {"task": {"name": "copy"}}
        seen = {
            origin: app.test_client().post("/tasker/tasks", json=body, headers={"Origin": origin}).status_code
            for origin in ("https://other.example", "https://admin.example")
        }
        db.engine.dispose()

    assert seen == {"https://other.example": 403, "https://admin.example": 201}
