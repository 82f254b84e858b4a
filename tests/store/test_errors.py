"""What the two drivers of PostgreSQL say, and whether the same transaction is run again."""

from __future__ import annotations

import psycopg.errors
import psycopg2.errors
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from flask_tasker.store.database import code_of, is_away, is_transient


def said(original: Exception) -> DBAPIError:
    """The driver's error, as SQLAlchemy passes it on."""
    for driver in (psycopg, psycopg2):
        if isinstance(original, driver.Error):
            passed_on = DBAPIError.instance("SELECT 1", {}, original, driver.Error)
            assert isinstance(passed_on, DBAPIError)
            return passed_on
    return OperationalError("SELECT 1", {}, original)


@pytest.mark.parametrize("original", [psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure()])
def test_a_deadlock_and_a_failed_serialisation_are_run_again_on_psycopg_3(original: Exception) -> None:
    assert is_transient(said(original))
    assert not is_away(said(original))


@pytest.mark.parametrize(
    "original",
    [psycopg.errors.AdminShutdown(), psycopg.errors.TooManyConnections(), psycopg.errors.ReadOnlySqlTransaction()],
)
def test_a_server_that_stops_or_is_full_or_has_become_a_standby_is_away_on_psycopg_3(original: Exception) -> None:
    assert is_away(said(original))
    assert not is_transient(said(original))


@pytest.mark.parametrize("original", [psycopg.OperationalError(), psycopg2.OperationalError()])
def test_a_connection_that_was_never_made_has_no_code_and_is_away(original: Exception) -> None:
    assert code_of(said(original)) is None
    assert is_away(said(original))


def test_an_error_of_another_driver_has_no_code_and_is_not_away() -> None:
    assert not is_away(said(RuntimeError("the disk is full")))
