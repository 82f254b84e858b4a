"""Several tasks that are started inside a transaction of the caller's: all of them, or none."""

from __future__ import annotations

import pytest

from flask_tasker import DuplicateTaskError
from tests.hearing import hearing
from tests.host.shop import Shop, an_order


def test_where_one_of_many_is_refused_none_of_them_is_in_the_callers_transaction(shop: Shop) -> None:
    session = shop.db.session
    shop.stop_the_clock()
    shop.create(2)
    shop.sent.messages.clear()
    with hearing(shop.app) as heard:
        shop.place_order()
        with pytest.raises(DuplicateTaskError):
            shop.tasker.create_tasks([an_order(1), an_order(2), an_order(3)], session=session)
        session.commit()

    assert (shop.stored(), shop.count_orders()) == ([2], 1)
    assert (shop.sent.messages, heard.told) == ([], [])


def test_many_that_are_refused_first_thing_in_a_transaction_commit_nothing(shop: Shop) -> None:
    session = shop.db.session
    shop.stop_the_clock()
    shop.create(2)
    with pytest.raises(DuplicateTaskError):
        shop.tasker.create_tasks([an_order(1), an_order(2)], session=session)
    shop.place_order()
    assert shop.count_orders() == 0
    session.rollback()

    assert (shop.stored(), shop.count_orders()) == ([2], 0)


def test_many_that_were_refused_can_be_started_without_the_one(shop: Shop) -> None:
    session = shop.db.session
    shop.stop_the_clock()
    shop.create(2)
    with pytest.raises(DuplicateTaskError):
        shop.tasker.create_tasks([an_order(1), an_order(2), an_order(3)], session=session)
    tasks = shop.tasker.create_tasks([an_order(1), an_order(3)], session=session)
    session.commit()

    assert shop.stored() == [2, 1, 3]
    assert shop.sent.task_ids[1:] == [task.task_id for task in tasks]


def test_many_share_the_fate_of_the_callers_transaction(shop: Shop) -> None:
    session = shop.db.session
    shop.tasker.create_tasks([an_order(1), an_order(2)], session=session)
    assert (shop.stored(), shop.sent.messages) == ([], [])
    session.rollback()
    assert shop.stored() == []
    tasks = shop.tasker.create_tasks([an_order(1), an_order(2)], session=session)
    session.commit()

    assert shop.stored() == [1, 2]
    assert shop.sent.task_ids == [task.task_id for task in tasks]
