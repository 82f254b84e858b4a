"""A short attack on each database; ``make fuzz`` runs long ones with other seeds."""

from __future__ import annotations

import pytest

from tests.fuzz.attack import attack


@pytest.mark.slow
def test_whatever_is_sent_no_answer_is_a_fault_and_none_is_undocumented(database_url: str) -> None:
    verdict = attack(database_url, examples=1, seed=1)
    assert verdict.passed, verdict.report
    assert verdict.server_faults == {}
    assert verdict.never_succeeded == set()
    assert verdict.requests > 500
