"""A hundred thousand steps wait behind a worker that is busy: it sends nothing, and hardly looks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from flask_tasker.engine import Worker
from flask_tasker.lifecycle import StepMessage
from tests.reliability.eventually import eventually
from tests.reliability.lab import lab_on
from tests.scale.conftest import crowd_handlers
from tests.scale.listening import listening_to, sweeps_in
from tests.store.plans import scans_of

THREADS: Final = 4
ROUNDS: Final = 30
STATEMENTS: Final = {"of a round": 1, "of one in ten": 3}
FEW_ROWS: Final = 10


@pytest.mark.slow
def test_a_busy_worker_sweeps_over_100_000_waiting_steps_lightly_and_sends_no_message(crowd_url: str) -> None:
    sent: list[StepMessage] = []
    started, released = threading.Semaphore(0), threading.Event()

    def act() -> None:
        started.release()
        assert released.wait(120)

    def send(messages: Sequence[StepMessage]) -> None:
        sent.extend(messages)

    with lab_on(crowd_url, crowd_handlers(act)) as lab:
        engine = lab.runtime.database.engine
        worker = Worker(replace(lab.runtime, send=send), threads=THREADS)
        worker.start()
        try:
            assert all(started.acquire(timeout=30) for _ in range(THREADS))
            with listening_to(lab.runtime.database) as heard:
                eventually(lambda: len(sweeps_in(heard)) > ROUNDS)
            rounds = heard[heard.index(sweeps_in(heard)[0]) : heard.index(sweeps_in(heard)[ROUNDS])]
            glances = [statement for statement in rounds if statement.is_sweep]
            touched = [sum(scan.rows for scan in scans_of(engine, glance)) for glance in glances]
            assert worker.busy == THREADS
        finally:
            released.set()
            worker.stop()

    assert sent == []
    assert not any(statement.reads_a_page_of_due_steps for statement in rounds)
    assert len(rounds) <= STATEMENTS["of a round"] * ROUNDS + STATEMENTS["of one in ten"] * (ROUNDS // 10 + 1)
    assert len(touched) == ROUNDS
    assert max(touched) <= FEW_ROWS
