"""Numbers in the query of a list."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("field", ["limit", "offset"])
@pytest.mark.parametrize("value", ["-1", "abc", "", "1.5", "1e2", "%201", "%2B1", "0x10", "\u0663", "1_0", "NaN"])
def test_a_number_of_rows_that_is_none_is_refused_by_name(client: FlaskClient, field: str, value: str) -> None:
    response = client.get(f"/tasker/tasks?{field}={value}")
    assert (response.status_code, response.get_json()) == (
        400,
        {"error": {field: ["must be a whole number, 0 or more"]}},
    )


def test_two_bad_numbers_are_both_named(client: FlaskClient) -> None:
    assert set(client.get("/tasker/tasks?limit=x&offset=-2").get_json()["error"]) == {"limit", "offset"}
