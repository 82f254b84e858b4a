"""Apps that run tasks to their end, and what they left in the database as values."""

from tests.behaviour.eventually import eventually
from tests.behaviour.harness.broker import flush, shared_redis
from tests.behaviour.harness.checks import (
    assert_attempts_are_claims,
    assert_legal,
    assert_one_completion_each,
    assert_parents_first,
    assert_sound,
)
from tests.behaviour.harness.fleet import Fleet, is_alive, running_fleet
from tests.behaviour.harness.records import Change, StepRecord, TaskRecord
from tests.behaviour.harness.setup import Setup
from tests.behaviour.harness.setups import background, inline

__all__ = [
    "Change",
    "Fleet",
    "Setup",
    "StepRecord",
    "TaskRecord",
    "assert_attempts_are_claims",
    "assert_legal",
    "assert_one_completion_each",
    "assert_parents_first",
    "assert_sound",
    "background",
    "eventually",
    "flush",
    "inline",
    "is_alive",
    "running_fleet",
    "shared_redis",
]
