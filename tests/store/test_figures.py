"""How tasks get on, in figures: after a workload that is known, and for those whose tasks they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from flask_tasker.engine import act_on_task
from flask_tasker.lifecycle import Verb
from flask_tasker.store.claims import Lease, claim_steps
from flask_tasker.store.figures import (
    Figures,
    Owners,
    Throughput,
    attempts_ended,
    crew,
    figures,
    first_line,
    latest_attempts,
    ready_steps,
    task_counts,
    tasks_ended,
)
from flask_tasker.store.verbs import Actor
from flask_tasker.store.workers import sign_and_glance
from tests.store.mill import NOW, RETRY_SECONDS, Mill, mill_on
from tests.store.plans import heard_on

COPY, PAY = ("default", "copy", "0.1.0"), ("default", "pay", "0.1.0")
HOUR = 3_600.0


@pytest.fixture
def mill(tables_url: str) -> Iterator[Mill]:
    with mill_on(tables_url) as mill:
        yield mill


def asked(mill: Mill, owners: Owners = None) -> Figures:
    """All figures."""
    return mill.database.read(partial(figures, clock=mill.clock, owners=owners))


def drawn(throughput: Throughput) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    """What is not zero, as (complete, failed), by the place in the hour and in the day."""
    hour, day = (
        {place: (one.complete, one.failed) for place, one in enumerate(buckets) if one.complete or one.failed}
        for buckets in (throughput.hour, throughput.day)
    )
    return hour, day


def test_without_tasks_every_figure_is_nothing(mill: Mill) -> None:
    found = asked(mill)
    assert found.now == NOW
    assert (set(found.tasks.by_status.values()), found.tasks.kinds, found.tasks.at_least) == ({0}, [], frozenset())
    assert drawn(found.tasks_ended) == drawn(found.attempts_ended) == ({}, {})
    assert (found.attempts.kinds, found.systems, found.ready.oldest, found.ready.number) == ([], [], None, 0)
    assert (found.crew.workers, found.crew.others) == ([], [])


def test_tasks_are_counted_by_state_and_by_name(mill: Mill) -> None:
    for seconds in (1, 2, 3):
        mill.run("copy", ago=HOUR, seconds=seconds)
    mill.run("pay", ago=HOUR, refused="no")
    mill.start("pay")
    cancelled = mill.start("copy", seconds=1)
    act_on_task(mill.runtime, cancelled, Verb.CANCEL, actor=Actor(name="ann"))

    found = asked(mill).tasks

    expected = {"pending": 1, "in_progress": 0, "error": 1, "complete": 3, "cancelled": 1, "resolved_manually": 0}
    assert found.by_status == expected
    by_kind = [(one.kind, dict(one.by_status)) for one in found.kinds]
    assert by_kind == [(COPY, {"complete": 3, "cancelled": 1}), (PAY, {"error": 1, "pending": 1})]


def test_of_each_state_the_newest_are_counted_and_it_is_said_that_there_may_be_more(mill: Mill) -> None:
    for _ in range(2):
        mill.run("copy", ago=HOUR, seconds=1)
    for _ in range(3):
        mill.run("pay", ago=HOUR)
    mill.start("pay")
    found = mill.database.read(partial(task_counts, limit=2))
    assert (found.by_status["complete"], found.by_status["pending"], found.limit) == (2, 1, 2)
    assert found.at_least == {"complete"}
    assert [one.kind for one in found.kinds] == [PAY]


def test_what_ended_is_counted_in_the_span_in_which_it_did(mill: Mill) -> None:
    mill.run("copy", ago=25 * HOUR, seconds=1)
    mill.run("copy", ago=24 * HOUR - 1, seconds=1)
    mill.run("pay", ago=5.5 * HOUR, refused="no")
    mill.run("copy", ago=HOUR - 1, seconds=0)
    mill.run("pay", ago=300, refused="no")
    mill.run("pay", ago=299)
    mill.run("pay", ago=0)

    found = asked(mill)

    hour, day = {0: (1, 0), 10: (0, 1), 11: (2, 0)}, {0: (1, 0), 18: (0, 1), 23: (3, 1)}
    assert drawn(found.tasks_ended) == (hour, day)
    assert drawn(found.attempts_ended) == (hour | {0: (2, 0)}, day | {0: (2, 0), 23: (4, 1)})
    assert (found.tasks_ended.since, found.attempts_ended.since) == (None, None)
    first, last = found.tasks_ended.day[0], found.tasks_ended.hour[-1]
    assert (first.begins, last.begins, last.ends) == (NOW - timedelta(days=1), NOW - timedelta(minutes=5), NOW)


def test_an_attempt_that_failed_and_is_tried_again_counts_as_failed(mill: Mill) -> None:
    mill.run("pay", ago=600, errors=["away", "away"])
    mill.work(ago=600 - RETRY_SECONDS)
    mill.work(ago=600 - 2 * RETRY_SECONDS)
    found = asked(mill)
    assert drawn(found.attempts_ended)[1] == {23: (1, 2)}
    assert drawn(found.tasks_ended)[1] == {23: (1, 0)}


def test_only_the_newest_changes_are_looked_at_and_it_is_said_how_far_they_reach_back(mill: Mill) -> None:
    for hours in (4, 3, 2, 1):
        mill.run("pay", ago=hours * HOUR, seconds=1)
    # Each task changes its state twice, and so does its step.
    for question in (tasks_ended, attempts_ended):
        found = mill.database.read(partial(question, now=NOW, limit=4))
        assert sum(bucket.complete for bucket in found.day) == 2
        assert (found.since, found.limit) == (NOW - timedelta(hours=2), 4)
        assert mill.database.read(partial(question, now=NOW, limit=9)).since is None
    since = [mill.database.read(partial(latest_attempts, now=NOW, limit=limit)).since for limit in (4, 8, 9)]
    assert since == [NOW - timedelta(hours=2), None, None]


def test_changes_that_reach_back_further_than_a_day_leave_nothing_out(mill: Mill) -> None:
    mill.run("pay", ago=30 * HOUR)
    mill.run("pay", ago=HOUR)
    assert mill.database.read(partial(tasks_ended, now=NOW, limit=4)).since is None
    assert [mill.database.read(partial(latest_attempts, now=NOW, limit=limit)).since for limit in (3, 4)] == [None] * 2


def test_steps_are_as_slow_as_their_attempts_from_claim_to_record(mill: Mill) -> None:
    for seconds in (1, 5, 3):
        mill.run("copy", ago=HOUR, seconds=seconds)
    mill.run("copy", ago=30 * HOUR, seconds=100)
    for seconds in (10, 20):
        mill.run("pay", ago=HOUR, seconds=seconds)

    found = asked(mill).attempts.kinds

    figures = [(one.kind, one.step_name, one.attempts, one.median_seconds, one.longest_seconds) for one in found]
    assert figures == [(PAY, "charge", 2, 15, 20), (COPY, "two", 3, 6, 10), (COPY, "one", 3, 3, 5)]


def test_each_attempt_of_a_step_took_its_own_time(mill: Mill) -> None:
    mill.run("pay", ago=600, errors=["away"], seconds=7)
    mill.work(ago=600 - 7 - RETRY_SECONDS)
    [found] = asked(mill).attempts.kinds
    assert (found.attempts, found.failed, found.median_seconds, found.longest_seconds) == (2, 1, 7, 7)


def test_an_attempt_is_timed_though_its_claim_is_not_among_the_newest_changes(mill: Mill) -> None:
    mill.run("pay", ago=600, seconds=500)
    [found] = mill.database.read(partial(latest_attempts, now=NOW, limit=1)).kinds
    assert (found.attempts, found.median_seconds) == (1, 500)


def test_an_attempt_whose_claim_nobody_knows_any_more_is_counted_and_not_timed(mill: Mill) -> None:
    mill.run("pay", ago=600, errors=["away"], seconds=7)
    mill.work(ago=600 - 7 - RETRY_SECONDS)
    # The second attempt's two changes, and the end of the first, whose step has been claimed again since.
    [found] = mill.database.read(partial(latest_attempts, now=NOW, limit=3)).kinds
    assert (found.attempts, found.failed, found.median_seconds, found.longest_seconds) == (2, 1, 7, 7)


def test_systems_fail_as_often_as_attempts_on_them_and_tell_of_the_latest(mill: Mill) -> None:
    for ago in (400, 300):
        mill.run("copy", ago=ago, seconds=1)
    mill.run("pay", ago=200, refused="the card was stolen")
    latest = mill.run("pay", ago=100, errors=["the bank is away\nfor long"])
    mill.run("pay", ago=10)

    [found] = asked(mill).systems

    assert (found.name, found.attempts, found.failed) == ("bank", 4, 2)
    assert found.last_error == "ConnectionError: the bank is away"
    assert (found.task_id, found.step_name) == (latest, "charge")
    assert found.last_failed_at == NOW - timedelta(seconds=100)


def test_the_ready_step_that_waits_longest_is_the_oldest(mill: Mill) -> None:
    mill.start("copy", ago=50, seconds=1)
    oldest = mill.start("pay", ago=90)
    mill.start("copy", ago=70, seconds=1)
    mill.start("pay", ago=-10)
    found = asked(mill).ready
    assert (found.number, found.oldest and found.oldest.task_id) == (3, oldest)
    assert found.oldest is not None
    assert (found.oldest.name, found.oldest.kind) == ("charge", PAY)
    assert found.oldest.due_at == NOW - timedelta(seconds=90)
    assert mill.database.read(partial(ready_steps, now=NOW, limit=2)).number == 2


def test_a_step_that_waits_for_its_retry_is_not_ready(mill: Mill) -> None:
    mill.run("pay", ago=10, errors=["away"])
    assert asked(mill).ready.number == 0


def sign(mill: Mill, name: str, *, expected_in: float = 10.0) -> None:
    mill.database.transaction(
        lambda connection: sign_and_glance(connection, mill.clock, name=name, threads=4, expected_in=expected_in)
    )


def hold(mill: Mill, task_id: int, worker: str) -> None:
    lease = Lease(worker=worker, token=uuid.uuid4(), seconds=30)
    steps = mill.database.read(partial(ready_steps, now=mill.clock.moment))
    assert steps.oldest is not None
    assert steps.oldest.task_id == task_id
    ids = [steps.oldest.step_id]
    mill.database.transaction(partial(claim_steps, clock=mill.clock, task_id=task_id, step_ids=ids, lease=lease))


def test_workers_are_shown_with_what_they_hold_and_since_when(mill: Mill) -> None:
    mill.clock.forward(-20)
    sign(mill, "silent", expected_in=15)
    mill.clock.forward(10)
    for name in ("busy", "idle"):
        sign(mill, name, expected_in=15)
    tasks = []
    for worker in ("busy", "gone", "busy"):
        tasks.append(mill.start("copy", ago=10, seconds=1))
        mill.clock.moment = NOW - timedelta(seconds=10)
        hold(mill, tasks[-1], worker)
    mill.clock.moment = NOW

    found = asked(mill).crew

    told = [(one.name, one.living, [step.task_id for step in one.steps]) for one in found.workers]
    assert told == [("busy", True, [tasks[0], tasks[2]]), ("idle", True, []), ("silent", False, [])]
    assert [step.task_id for step in found.others] == [tasks[1]]
    first = found.workers[0].steps[0]
    assert (first.name, first.kind, first.attempt, first.since) == ("one", COPY, 1, NOW - timedelta(seconds=10))
    assert (found.workers[0].threads, found.workers[0].last_seen) == (4, NOW - timedelta(seconds=10))
    limited = mill.database.read(partial(crew, now=NOW, limit=2))
    assert sum(len(one.steps) for one in limited.workers) + len(limited.others) == 2


def test_who_has_no_step_among_those_that_were_looked_at_is_told_that_there_may_be_more(mill: Mill) -> None:
    foreign = [mill.start("pay", ago=100 - number, owner="bob") for number in range(2)]
    own = mill.start("pay", ago=10, owner="ann")
    ready, running = partial(ready_steps, now=NOW, owners=["ann"]), partial(crew, now=NOW, owners=["ann"])

    waiting = {limit: mill.database.read(partial(ready, limit=limit)) for limit in (1, 2, 4)}
    mill.clock.moment = NOW
    for task_id in foreign:
        hold(mill, task_id, "host:1")
    held = {limit: mill.database.read(partial(running, limit=limit)) for limit in (2, 3)}

    assert {limit: (one.number, one.at_limit) for limit, one in waiting.items()} == {
        1: (0, True),
        2: (0, True),
        4: (1, False),
    }
    assert [one.oldest and one.oldest.task_id for one in waiting.values()] == [None, None, own]
    assert [(one.others, one.at_limit) for one in held.values()] == [([], True), ([], False)]


@pytest.fixture
def two_tenants(mill: Mill) -> Mill:
    """What ann's tasks did, and, in between and afterwards, what bob's and nobody's did."""
    for owner in ("bob", "ann", None, "bob"):
        mill.run("copy", ago=HOUR, owner=owner, seconds=4 if owner == "ann" else 60)
        mill.run("pay", ago=600, owner=owner, refused=f"refused to {owner}")
    for owner in ("bob", "ann", None):
        task_id = mill.start("pay", ago=100, owner=owner)
        mill.clock.moment = NOW - timedelta(seconds=100)
        hold(mill, task_id, "w")
        mill.clock.moment = NOW
    for owner in ("bob", "ann", "bob"):
        mill.start("pay", ago=50, owner=owner)
    sign(mill, "w")
    return mill


def test_a_tenant_sees_their_own_tasks_in_every_figure(two_tenants: Mill) -> None:
    found = asked(two_tenants, ["ann"])

    expected = {"pending": 1, "in_progress": 1, "error": 1, "complete": 1, "cancelled": 0, "resolved_manually": 0}
    assert found.tasks.by_status == expected
    assert [(one.kind, one.total) for one in found.tasks.kinds] == [(PAY, 3), (COPY, 1)]
    assert drawn(found.tasks_ended)[1] == {23: (1, 1)}
    assert drawn(found.attempts_ended)[1] == {23: (2, 1)}
    told = [(one.step_name, one.attempts, one.failed, one.longest_seconds) for one in found.attempts.kinds]
    assert told == [("two", 1, 0, 8), ("one", 1, 0, 4), ("charge", 1, 1, 0)]
    assert [(one.name, one.attempts, one.last_error) for one in found.systems] == [
        ("bank", 1, "flask_tasker.errors.PermanentError: refused to ann")
    ]
    assert found.ready.number == 1
    assert [(one.name, len(one.steps)) for one in found.crew.workers] == [("w", 1)]
    assert found.crew.others == []


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (None, (14, 4, 4, 3, 3)),
        (["ann", "bob"], (11, 3, 3, 3, 2)),
        (["bob"], (7, 2, 2, 2, 1)),
        (["nobody"], (0, 0, 0, 0, 0)),
        ([], (0, 0, 0, 0, 0)),
    ],
)
def test_several_tenants_see_what_is_theirs_together(
    two_tenants: Mill, owners: Owners, expected: tuple[int, ...]
) -> None:
    found = asked(two_tenants, owners)
    assert expected == (
        sum(found.tasks.by_status.values()),
        sum(bucket.failed for bucket in found.tasks_ended.day),
        sum(one.failed for one in found.attempts.kinds),
        found.ready.number,
        sum(len(one.steps) for one in found.crew.workers),
    )


def test_owners_share_the_tasks_that_are_counted(two_tenants: Mill) -> None:
    found = two_tenants.database.read(partial(task_counts, owners=["ann", "bob"], limit=6))
    assert sum(found.by_status.values()) == 6
    assert found.at_least == set(found.by_status)
    assert two_tenants.database.read(partial(task_counts, owners=["ann", "bob"], limit=1)).by_status["pending"] == 2


def test_the_figures_take_twelve_statements_whatever_there_is(two_tenants: Mill) -> None:
    for owners in (None, ["ann"], ["ann", "bob"]):
        with heard_on(two_tenants.database.engine) as heard:
            asked(two_tenants, owners)
        assert len(heard) == 12


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ("lease ended: the worker went silent", "lease ended: the worker went silent"),
        ("\nOops: one\ntwo", "Oops: one"),
        ('Traceback (most recent call last):\n  File "a.py", line 1\n    raise X\nX: one\n  two\nthree', "X: one"),
        (
            "Traceback (most recent call last):\n  File\nA: a\n\nDuring handling of the above exception, another "
            "exception occurred:\n\nTraceback (most recent call last):\n  File\n    raise\n    ^^^^^\nB: b",
            "B: b",
        ),
        ("Traceback (most recent call last):\n  File\n... 9 characters left out ...\n    raise\nC: c", "C: c"),
        ("  + Exception Group Traceback (most recent call last):\n  | G: g", "| G: g"),
        ("", ""),
    ],
)
def test_an_error_is_told_by_its_first_line(told: str, first: str) -> None:
    assert first_line(told) == first
