"""Transactions that get in each other's way are run again."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.reliability.lab import Lab


def test_of_two_transactions_that_deadlock_the_one_that_was_chosen_is_run_again(postgres_lab: Lab) -> None:
    lab, both = postgres_lab, threading.Barrier(2, timeout=20)
    lab.execute("INSERT INTO entries (id, text) VALUES (1, 'a'), (2, 'b')")
    tries: list[str] = []

    def lock(first: int, second: int, name: str) -> None:
        def work(connection: sa.Connection) -> None:
            tries.append(name)
            connection.execute(sa.text("SELECT 1 FROM entries WHERE id = :id FOR UPDATE"), {"id": first})
            if tries.count(name) == 1:
                both.wait()
            connection.execute(sa.text("SELECT 1 FROM entries WHERE id = :id FOR UPDATE"), {"id": second})

        lab.runtime.database.transaction(work)

    threads = [threading.Thread(target=lock, args=args) for args in ((1, 2, "one"), (2, 1, "other"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()

    # Three, unless the one that is run again is quicker than the other is woken: then they deadlock once more.
    assert len(tries) >= 3


def test_what_cannot_be_mended_by_running_again_is_raised_at_once(lab: Lab) -> None:
    tries: list[int] = []

    def work(connection: sa.Connection) -> None:
        tries.append(1)
        connection.execute(sa.text("SELECT nonsense FROM nowhere"))

    with pytest.raises(DBAPIError, match="nowhere"):
        lab.runtime.database.transaction(work, outlast=60)
    assert len(tries) == 1
