"""A hundred thousand messages are lost: the backlog finds every step, and the last page costs what the first did."""

from __future__ import annotations

import time
from typing import Final

import pytest
import sqlalchemy as sa

from flask_tasker.engine.backlog import PAGE, Backlog
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab, lab_on
from tests.scale.conftest import CROWD, crowd_handlers
from tests.scale.crowds import analyze
from tests.scale.workforce import workforce
from tests.store.plans import blocks_of, heard_on, scans_of

BATCH: Final = PAGE // 2
LATE: Final = 1_500 * PAGE
WORKED_OFF: Final = 500
OUTCOMES: Final = sa.text(
    "WITH lines AS (SELECT workflow_step_id, count(*) AS lines FROM tasker_workflow_step_transitions GROUP BY 1) "
    "SELECT task.status, step.status, step.attempts, lines.lines, count(*) "
    "FROM tasker_tasks task JOIN tasker_workflow_steps step USING (task_id) JOIN lines USING (workflow_step_id) "
    "GROUP BY 1, 2, 3, 4"
)
"""What came of the steps that were begun: states, attempts, lines of history, and how many there are of each."""
CLAIMED: Final = sa.text(
    "UPDATE tasker_workflow_steps SET status = 'in_progress', attempts = 1, next_attempt_at = NULL, "
    "lease_token = '00000000-0000-0000-0000-000000000000', leased_until = clock_timestamp() + interval '1 hour' "
    "WHERE workflow_step_id = ANY(:steps)"
)


def next_batch(backlog: Backlog) -> list[int]:
    """The steps that are handed out next."""
    messages = [backlog.next() for _ in range(BATCH)]
    return [message.steps[0].step_id for message in messages if message is not None]


def cost_of_a_page(lab: Lab, backlog: Backlog) -> tuple[float, int]:
    """How many rows and blocks the backlog's question for a page touches as things stand."""
    engine = lab.runtime.database.engine
    with heard_on(engine) as heard:
        Backlog(backlog.runtime).next()
    question = heard[-1]
    return sum(scan.rows for scan in scans_of(engine, question)), blocks_of(engine, question)


@pytest.mark.slow
def test_every_one_of_100_000_steps_is_handed_out_and_a_late_page_touches_no_more_than_the_first(
    crowd_url: str,
) -> None:
    """Others claim what was handed out, as a fleet does meanwhile."""
    with lab_on(crowd_url, crowd_handlers(lambda: None)) as lab, lab.engine.connect() as others:
        backlog = Backlog(lab.runtime)
        first = cost_of_a_page(lab, backlog)
        found: list[int] = []
        while batch := next_batch(backlog):
            others.execute(CLAIMED, {"steps": batch})
            others.commit()
            found += batch
            if len(found) == LATE:
                rows, _ = cost_of_a_page(lab, backlog)
                # What autovacuum does once a fifth of the rows has changed: until then an index keeps what was due.
                analyze(lab.engine)
                _, blocks = cost_of_a_page(lab, backlog)

    assert len(found) == len(set(found)) == CROWD
    assert rows <= first[0] <= 2 * PAGE
    assert blocks <= 1.1 * first[1]


@pytest.mark.slow
def test_workers_begin_at_once_on_100_000_steps_and_bring_each_of_the_first_500_to_its_end_once(
    crowd_url: str,
) -> None:
    acted: list[float] = []
    with lab_on(crowd_url, crowd_handlers(lambda: acted.append(time.monotonic()))) as lab:
        begun = time.monotonic()
        with workforce(lab.runtime, 2, threads=4):
            eventually(lambda: len(acted) >= WORKED_OFF, within=90)

        with lab.engine.connect() as connection:
            outcomes = connection.execute(OUTCOMES).all()

    assert acted[0] - begun < 15
    # What was claimed with a step that took long, or by a worker that stopped, is given back: two lines, no attempt.
    done = [found for found in outcomes if found[:3] == ("complete", "complete", 1)]
    assert sum(found[4] for found in done) == len(acted)
    assert all(found[3] % 2 == 0 for found in outcomes)
    assert {found[:3] for found in outcomes} <= {("complete", "complete", 1), ("in_progress", "pending", 0)}
