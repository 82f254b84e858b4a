"""``flask tasker purge``: what it deletes, what it says before, and whom it asks."""

from __future__ import annotations

from tests.cli.desk import Desk


def test_a_batch_is_no_larger_than_a_statement_of_any_database_takes(desk: Desk) -> None:
    assert "1<=x<=10000" in desk.refused("purge", "--older-than", "1d", "--batch", "40000", code=2)
