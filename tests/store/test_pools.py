"""The engine's own pools are closed with the host's: an app that is thrown away leaves no connection behind."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from flask_tasker.store.database import engine_beside, swift_engine


def test_disposing_of_the_hosts_engine_closes_the_connections_of_ours(database_url: str) -> None:
    host = sa.create_engine(database_url)
    ours = [engine for engine in (engine_beside(host), swift_engine(host)) if engine is not None]
    kept = []
    for engine in ours:
        with engine.connect() as connection:
            kept.append(connection.connection.dbapi_connection)
    host.dispose()
    assert [engine.pool.checkedin() for engine in ours] == [0] * len(ours)  # type: ignore[attr-defined]
    assert [_is_closed(connection) for connection in kept] == [True] * len(ours)


def test_an_engine_of_ours_that_is_gone_does_not_stand_in_the_hosts_way(database_url: str) -> None:
    host = sa.create_engine(database_url)
    engine_beside(host).dispose()
    host.dispose()
    with host.connect() as connection:
        assert connection.scalar(sa.select(1)) == 1
    host.dispose()


@pytest.mark.parametrize(("shares", "scans"), [(False, "off"), (True, "on")])
def test_what_a_pooler_would_hand_to_others_is_left_as_it_was(postgres_url: str, shares: bool, scans: str) -> None:
    host = sa.create_engine(postgres_url)
    engine = engine_beside(host, shares_connections=shares)
    with engine.connect() as connection:
        seen = connection.scalar(sa.text("SHOW enable_seqscan"))
        patience = connection.scalar(sa.text("SHOW idle_in_transaction_session_timeout"))
    host.dispose()

    assert (seen, patience) == (scans, "5s")


def _is_closed(connection: object) -> bool:
    closed = getattr(connection, "closed", None)
    if closed is not None:
        return bool(closed)
    try:
        connection.execute("SELECT 1")  # type: ignore[attr-defined]
    except Exception as error:
        return "closed" in str(error)
    return False
