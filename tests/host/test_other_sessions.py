"""Sessions that are not Flask-SQLAlchemy's own."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from flask_tasker import ConfigurationError
from flask_tasker.testing import drain
from tests.hearing import hearing
from tests.host.shop import Shop


def test_a_plain_session_on_the_same_database(shop: Shop) -> None:
    with Session(shop.db.engine) as session, session.begin():
        task = shop.create(session=session)
        assert task in session
        assert shop.sent.messages == []
    assert (shop.sent.task_ids, shop.stored()) == ([1], [1])


def test_a_plain_session_on_an_engine_of_its_own(shop: Shop, tables_url: str) -> None:
    engine = sa.create_engine(tables_url)
    with Session(engine) as session:
        shop.create(session=session)
        session.rollback()
        shop.create(session=session)
        session.commit()
    engine.dispose()
    assert (len(shop.sent.messages), shop.stored()) == (1, [1])


def test_a_session_on_a_connection_of_the_callers(shop: Shop) -> None:
    with shop.db.engine.connect() as connection, Session(connection) as session:
        shop.create(session=session)
        session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([1], [1])


@pytest.mark.parametrize("mode", ["conditional_savepoint", "create_savepoint"])
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_session_that_joined_a_transaction_of_the_callers_tells_nobody_for_it_may_be_rolled_back(
    shop: Shop, mode: Literal["conditional_savepoint", "create_savepoint"], end: str
) -> None:
    with hearing(shop.app) as heard, shop.db.engine.connect() as connection:
        outer = connection.begin()
        connection.execute(shop.orders.insert().values(note="begun"))
        with Session(connection, join_transaction_mode=mode) as session:
            shop.create(session=session)
            session.commit()
        assert (heard.told, shop.sent.messages) == ([], [])
        getattr(outer, end)()
    assert (heard.told, shop.sent.messages) == ([], [])
    assert (shop.stored(), drain(shop.app)) == (([1], 2) if end == "commit" else ([], 0))


def test_a_scoped_session_of_the_hosts_own(shop: Shop) -> None:
    scoped = scoped_session(sessionmaker(shop.db.engine))
    task = shop.create(session=scoped)
    assert task in scoped()
    scoped.commit()
    scoped.remove()
    assert (shop.sent.task_ids, shop.stored()) == ([1], [1])


def test_a_session_on_another_database_is_refused_and_both_are_named(shop: Shop, tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    with Session(engine) as session, pytest.raises(ConfigurationError) as refused:
        shop.create(session=session)
    engine.dispose()
    assert "elsewhere.sqlite" in str(refused.value)
    assert str(shop.db.engine.url.database) in str(refused.value)
    assert shop.stored() == []


def test_no_password_is_in_the_message_of_a_refused_session(shop: Shop, tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    url = sa.make_url("postgresql+psycopg2://shop:s3cret@db/shop")
    object.__setattr__(shop.state.runtime.host_engine, "url", url)
    with Session(engine) as session, pytest.raises(ConfigurationError) as refused:
        shop.create(session=session)
    engine.dispose()
    assert "s3cret" not in str(refused.value)
