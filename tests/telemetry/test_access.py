"""Who may see the figures."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from flask_tasker import Access
from tests.reliability.conftest import MakeLab

CLOSED = {"TESTING": False, "TASKER_BROKER_URL": "inline://"}
TOKEN = {"TASKER_METRICS_TOKEN": "a-scraper"}


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer a-scraper", 200),
        ("bearer a-scraper", 200),
        ("Bearer another", 403),
        ("Bearer", 403),
        ("Basic a-scraper", 403),
        ("Bearer \u00e4", 403),
        (None, 403),
    ],
)
def test_the_token_lets_a_scraper_in_where_nobody_has_said_who_may_come(
    make_lab: MakeLab, header: str | None, status: int
) -> None:
    lab = make_lab(**CLOSED, **TOKEN)
    headers = {} if header is None else {"Authorization": header}
    client = lab.app.test_client()

    assert client.get("/tasker/metrics", headers=headers).status_code == status
    # It is the scraper's, and opens nothing else.
    assert client.get("/tasker/tasks", headers=headers).status_code == 403


def test_without_a_token_in_the_settings_none_lets_anybody_in(make_lab: MakeLab) -> None:
    client = make_lab(**CLOSED).app.test_client()

    for header in ("Bearer ", "Bearer None", "Bearer a-scraper"):
        assert client.get("/tasker/metrics", headers={"Authorization": header}).status_code == 403


@pytest.mark.parametrize(
    ("answer", "status"),
    [(True, 200), (Access(actor="ann"), 200), (Access(scope="ann"), 403), (False, 403), (None, 401)],
)
def test_who_may_see_everybodys_tasks_may_see_the_figures(
    make_lab: MakeLab, answer: Access | bool | None, status: int
) -> None:
    lab = make_lab(**CLOSED, **TOKEN)
    lab.tasker.authorize(lambda _permission, _resource: answer)

    assert lab.app.test_client().get("/tasker/metrics").status_code == status


def test_a_client_may_ask_for_open_metrics(make_lab: MakeLab) -> None:
    client = make_lab().app.test_client()
    response = client.get("/tasker/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert response.content_type.startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def test_metrics_that_are_switched_off_say_so(make_lab: MakeLab) -> None:
    response = make_lab(TASKER_METRICS=False).app.test_client().get("/tasker/metrics")

    assert response.status_code == 501
    assert response.get_json()["message"] == "Metrics are switched off: TASKER_METRICS is False"


def test_without_the_extra_the_answer_names_it() -> None:
    program = """
        import sys

        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == "prometheus_client":
                    raise ModuleNotFoundError(name=name)

        sys.meta_path.insert(0, Missing())

        import importlib.util
        real = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name == "prometheus_client" else real(name, *more)

        from flask import Flask
        from flask_sqlalchemy import SQLAlchemy
        from flask_tasker import Tasker

        app = Flask("shop")
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", TESTING=True)
        SQLAlchemy(app)
        Tasker(app)
        answer = app.test_client().get("/tasker/metrics")
        print(answer.status_code, answer.get_json()["message"])
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)

    assert done.stdout == "501 Metrics need an extra that is not installed: pip install 'flask-tasker[prometheus]'\n"
