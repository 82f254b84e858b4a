"""Ids in paths: digits that a key can be, and nothing else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.rows import Rows

NO_IDS = [
    "999",
    "0",
    "-1",
    "abc",
    "1abc",
    "1.0",
    "%31%20",
    "\u0663",
    str(2**63),
    "9" * 5000,
    "1%00",
    "+1",
    "1e0",
    "0x1",
]
NOT_FOUND = {"status": 404, "error": "Not Found"}


@pytest.mark.parametrize("text", NO_IDS)
@pytest.mark.parametrize("path", ["{}", "{}/workflow_steps", "{}/workflow_steps/1", "1/workflow_steps/{}"])
def test_an_id_that_names_nothing_is_not_found(client: FlaskClient, rows: Rows, path: str, text: str) -> None:
    rows.task()
    response = client.get(f"/tasker/tasks/{path.format(text)}")
    assert (response.status_code, response.get_json()) == (404, NOT_FOUND)
