"""A task that is started inside a transaction of the caller's."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from flask_tasker import DuplicateTaskError, InvalidRequestError, TaskRequest, UnknownHandlerError
from flask_tasker.models import Task, WorkflowStep
from flask_tasker.testing import drain
from tests.host.shop import Shop, an_order


def test_the_rows_are_in_the_callers_open_transaction(shop: Shop) -> None:
    task = shop.create(session=shop.db.session)
    assert task.task_id == 1
    assert shop.db.session.scalar(sa.select(sa.func.count()).select_from(WorkflowStep)) == 2
    assert shop.stored() == []
    shop.db.session.commit()
    assert shop.stored() == [1]


def test_the_callers_rows_and_the_task_are_committed_together(shop: Shop) -> None:
    shop.place_order()
    shop.create(session=shop.db.session)
    shop.db.session.commit()
    assert (shop.count_orders(), shop.stored()) == (1, [1])


def test_the_callers_rows_and_the_task_are_rolled_back_together(shop: Shop) -> None:
    shop.place_order()
    shop.create(session=shop.db.session)
    shop.db.session.rollback()
    assert (shop.count_orders(), shop.stored()) == (0, [])


def test_the_task_is_attached_and_can_be_refreshed(shop: Shop) -> None:
    session = shop.db.session
    task = shop.create(session=session)
    assert task in session
    session.refresh(task)
    assert (task.status, task.initiator) == ("pending", "checkout")
    session.commit()
    drain(shop.app)
    assert task.status == "complete"
    assert session.get(Task, task.task_id) is task


def test_the_steps_of_an_attached_task_are_there_in_the_handlers_order(shop: Shop) -> None:
    task = shop.create(session=shop.db.session)
    assert [step.name for step in task.workflow_steps] == ["reserve", "ship"]
    assert {step.task for step in task.workflow_steps} == {task}
    assert task.named_task.name == "order"


def test_an_unflushed_object_of_the_host_is_flushed_with_the_task_id(shop: Shop) -> None:
    session = shop.db.session
    task = shop.create(session=session)
    task.owner = "somebody"
    session.commit()
    assert session.scalar(sa.select(Task.owner)) == "somebody"


def test_messages_leave_after_the_commit(shop: Shop) -> None:
    task_id = shop.create(session=shop.db.session).task_id
    shop.db.session.flush()
    assert shop.sent.messages == []
    shop.db.session.commit()
    assert shop.sent.task_ids == [task_id]
    assert [ref.name for ref in shop.sent.messages[0].steps] == ["reserve"]


def test_no_message_leaves_after_a_rollback_and_a_later_commit(shop: Shop) -> None:
    shop.create(session=shop.db.session)
    shop.db.session.rollback()
    shop.place_order()
    shop.db.session.commit()
    assert (shop.sent.messages, shop.stored(), shop.count_orders()) == ([], [], 1)


def test_no_message_leaves_when_the_session_is_closed(shop: Shop) -> None:
    session = shop.db.session()
    shop.create(session=session)
    session.close()
    shop.place_order()
    session.commit()
    assert (shop.sent.messages, shop.stored()) == ([], [])


def test_no_message_leaves_when_the_session_is_removed(shop: Shop) -> None:
    shop.create(session=shop.db.session)
    shop.db.session.remove()
    shop.place_order()
    shop.db.session.commit()
    assert (shop.sent.messages, shop.stored()) == ([], [])


def test_each_commit_of_one_session_sends_its_own_messages(shop: Shop) -> None:
    session = shop.db.session
    first = shop.create(1, session).task_id
    session.commit()
    assert shop.sent.task_ids == [first]
    session.commit()
    second, third = shop.create(2, session).task_id, shop.create(3, session).task_id
    assert shop.sent.task_ids == [first]
    session.commit()
    assert shop.sent.task_ids == [first, second, third]
    shop.create(4, session)
    session.rollback()
    assert shop.sent.task_ids == [first, second, third]


def test_a_task_can_be_created_again_after_a_rollback_by_who_still_holds_the_first(shop: Shop) -> None:
    session = shop.db.session
    first = shop.create(1, session)
    session.rollback()
    second = shop.create(1, session)
    session.commit()
    assert second in session
    assert session.get(Task, second.task_id) is second
    assert (shop.stored(), shop.sent.task_ids) == ([1], [second.task_id])
    assert first is second or first not in session


def test_a_duplicate_leaves_the_callers_transaction_usable(shop: Shop) -> None:
    shop.stop_the_clock()
    session = shop.db.session
    shop.create(1, session)
    shop.place_order()
    with pytest.raises(DuplicateTaskError, match="identical request for default/order"):
        shop.create(1, session)
    other = shop.create(2, session).task_id
    session.commit()
    assert (shop.count_orders(), shop.stored()) == (1, [1, 2])
    assert shop.sent.task_ids[-1] == other
    assert len(shop.sent.messages) == 2


def test_a_duplicate_of_a_committed_task_leaves_the_savepoint_usable(shop: Shop) -> None:
    shop.stop_the_clock()
    shop.create(1)
    session = shop.db.session
    shop.place_order()
    with session.begin_nested():
        with pytest.raises(DuplicateTaskError):
            shop.create(1, session)
        shop.place_order()
        shop.create(2, session)
    session.commit()
    assert (shop.count_orders(), shop.stored(), len(shop.sent.messages)) == (2, [1, 2], 2)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (TaskRequest(name="nobody"), UnknownHandlerError),
        (TaskRequest(name="order", bypass_steps=("ship",)), InvalidRequestError),
    ],
)
def test_a_refused_request_leaves_the_callers_transaction_usable(
    shop: Shop, request_: TaskRequest, error: type[Exception]
) -> None:
    shop.place_order()
    with pytest.raises(error):
        shop.tasker.create_task(request_, session=shop.db.session)
    shop.db.session.commit()
    assert (shop.count_orders(), shop.stored(), shop.sent.messages) == (1, [], [])


def test_without_a_session_the_task_is_committed_on_return(shop: Shop) -> None:
    shop.place_order()
    shop.db.session.commit()
    task = shop.create()
    assert (shop.stored(), shop.sent.task_ids) == ([1], [task.task_id])
    shop.db.session.rollback()
    assert shop.stored() == [1]


def test_without_a_session_the_task_is_detached_and_can_be_looked_up(shop: Shop) -> None:
    task = shop.create()
    assert (task.status, task.context, task.completed_at) == ("pending", {"order_id": 1}, None)
    found = shop.db.session.get(Task, task.task_id)
    assert found is not None
    assert found.identity_hash == task.identity_hash


def test_a_send_that_raises_does_not_reach_the_caller(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.sent.broken = True
    with caplog.at_level(logging.ERROR, logger="flask_tasker"):
        task = shop.create(session=shop.db.session)
        shop.db.session.commit()
    assert "sending to the broker failed" in caplog.text
    assert shop.stored() == [1]
    drain(shop.app)
    assert task.status == "complete"


def test_a_send_that_raises_fails_no_creation_without_a_session(shop: Shop) -> None:
    shop.sent.broken = True
    task = shop.tasker.create_task(an_order(1))
    drain(shop.app)
    found = shop.db.session.get(Task, task.task_id)
    assert found is not None
    assert found.complete


def test_the_hook_runs_once_however_many_sessions_and_commits_there_are(shop: Shop) -> None:
    for number in range(1, 4):
        shop.create(number, shop.db.session)
        shop.db.session.commit()
        shop.db.session.remove()
    assert len(shop.sent.messages) == 3
    assert shop.db.session().info == {}
