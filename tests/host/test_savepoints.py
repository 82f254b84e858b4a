"""Tasks that are started inside savepoints: their messages share the savepoint's fate."""

from __future__ import annotations

from tests.host.shop import Shop


def test_a_released_savepoint_waits_for_the_outermost_commit(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    with session.begin_nested():
        task_id = shop.create(session=session).task_id
    assert shop.sent.messages == []
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([task_id], [1])


def test_a_savepoint_that_is_rolled_back_takes_its_messages_with_it(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    savepoint = session.begin_nested()
    shop.create(session=session)
    savepoint.rollback()
    session.commit()
    assert (shop.sent.messages, shop.stored(), shop.count_orders()) == ([], [], 1)


def test_an_exception_out_of_a_savepoint_takes_its_messages_with_it(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    try:
        with session.begin_nested():
            shop.create(session=session)
            raise LookupError
    except LookupError:
        session.commit()
    assert (shop.sent.messages, shop.stored(), shop.count_orders()) == ([], [], 1)


def test_a_released_savepoint_shares_the_fate_of_an_outer_rollback(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    with session.begin_nested():
        shop.create(session=session)
    session.rollback()
    session.commit()
    assert (shop.sent.messages, shop.stored(), shop.count_orders()) == ([], [], 0)


def test_of_two_tasks_only_the_one_in_the_rolled_back_savepoint_is_gone(shop: Shop) -> None:
    session = shop.db.session
    kept = shop.create(1, session).task_id
    savepoint = session.begin_nested()
    shop.create(2, session)
    savepoint.rollback()
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([kept], [1])


def test_a_savepoint_before_and_one_after_are_kept_apart(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    first = session.begin_nested()
    shop.create(1, session)
    first.rollback()
    with session.begin_nested():
        kept = shop.create(2, session).task_id
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([kept], [2])


def test_the_inner_of_two_savepoints_is_rolled_back(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    with session.begin_nested():
        kept = shop.create(1, session).task_id
        inner = session.begin_nested()
        shop.create(2, session)
        inner.rollback()
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([kept], [1])


def test_the_outer_of_two_savepoints_is_rolled_back_after_the_inner_was_released(shop: Shop) -> None:
    session = shop.db.session
    kept = shop.create(1, session).task_id
    outer = session.begin_nested()
    shop.create(2, session)
    with session.begin_nested():
        shop.create(3, session)
    outer.rollback()
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([kept], [1])


def test_the_outer_of_two_savepoints_is_rolled_back_while_the_inner_is_open(shop: Shop) -> None:
    session = shop.db.session
    kept = shop.create(1, session).task_id
    outer = session.begin_nested()
    session.begin_nested()
    shop.create(2, session)
    outer.rollback()
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([kept], [1])


def test_two_savepoints_one_in_the_other_are_released(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    with session.begin_nested():
        first = shop.create(1, session).task_id
        with session.begin_nested():
            second = shop.create(2, session).task_id
    assert shop.sent.messages == []
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([first, second], [1, 2])


def test_a_rollback_of_the_session_inside_savepoints_drops_everything(shop: Shop) -> None:
    session = shop.db.session
    shop.create(1, session)
    session.begin_nested()
    shop.create(2, session)
    session.begin_nested()
    shop.create(3, session)
    session.rollback()
    session.commit()
    assert (shop.sent.messages, shop.stored()) == ([], [])


def test_a_commit_of_the_session_inside_savepoints_releases_them(shop: Shop) -> None:
    session = shop.db.session
    first = shop.create(1, session).task_id
    session.begin_nested()
    second = shop.create(2, session).task_id
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([first, second], [1, 2])


def test_a_closed_session_drops_what_its_savepoints_held(shop: Shop) -> None:
    session = shop.db.session()
    shop.create(1, session)
    session.begin_nested()
    shop.create(2, session)
    session.close()
    session.commit()
    assert (shop.sent.messages, shop.stored()) == ([], [])


def test_a_task_may_be_created_again_where_its_savepoint_was_rolled_back(shop: Shop) -> None:
    session = shop.db.session
    shop.place_order()
    savepoint = session.begin_nested()
    first = shop.create(1, session)
    savepoint.rollback()
    second = shop.create(1, session)
    session.commit()
    assert (shop.sent.task_ids, shop.stored()) == ([second.task_id], [1])
    assert second in session
    assert first is second or first not in session
