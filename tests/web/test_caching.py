"""Weak ETags and 304."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.web.rows import Rows

PATHS = ["/tasker/tasks", "/tasker/tasks/1", "/tasker/tasks/1/workflow_steps", "/tasker/tasks/1/workflow_steps/1"]


@pytest.fixture(autouse=True)
def _one_task(rows: Rows) -> None:
    rows.task()


@pytest.mark.parametrize("path", PATHS)
def test_lists_and_shows_have_a_weak_etag_and_are_revalidated(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.headers["ETag"].startswith('W/"')
    assert response.headers["Cache-Control"] == "max-age=0, private, must-revalidate"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("as_sent", ["{}", '"other", {}', "*"])
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, path: str, as_sent: str) -> None:
    etag = client.get(path).headers["ETag"]
    response = client.get(path, headers={"If-None-Match": as_sent.format(etag)})
    assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", etag)
    assert response.headers["Cache-Control"] == "max-age=0, private, must-revalidate"


@pytest.mark.parametrize("path", PATHS)
def test_what_has_changed_is_sent_with_another_etag(client: FlaskClient, engine: sa.Engine, path: str) -> None:
    etag = client.get(path).headers["ETag"]
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE tasker_workflow_steps SET attempts = attempts + 1"))
    response = client.get(path, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert response.headers["ETag"] != etag


def test_a_creation_and_an_error_have_no_etag(client: FlaskClient) -> None:
    created = client.post("/tasker/tasks", json={"task": {"name": "copy"}}, headers={"If-None-Match": "*"})
    assert (created.status_code, "ETag" in created.headers) == (201, False)
    assert "ETag" not in client.get("/tasker/tasks/99").headers
