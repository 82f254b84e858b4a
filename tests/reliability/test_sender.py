"""A broker that is down: said once, asked seldom, and used again as soon as it is back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flask_tasker.engine import Sender
from flask_tasker.lifecycle import StepMessage, StepRef

MESSAGE = StepMessage(task_id=1, handler=("default", "x", "0.1.0"), steps=(StepRef(1, "only"),))


class Broker:
    """A broker that may be down."""

    def __init__(self) -> None:
        self.is_down = False
        self.asked = 0
        self.got: list[StepMessage] = []

    def send(self, messages: Sequence[StepMessage]) -> None:
        """Take the messages, or refuse them."""
        self.asked += 1
        if self.is_down:
            raise ConnectionError("connection refused")
        self.got.extend(messages)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_messages_are_passed_on(broker: Broker, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    Sender(broker.send, clock=clock)([MESSAGE])

    assert broker.got == [MESSAGE]
    assert caplog.messages == []


def test_a_broker_that_is_down_is_complained_about_once(
    broker: Broker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sender, broker.is_down = Sender(broker.send, clock=clock), True
    for _ in range(50):
        sender([MESSAGE])
        clock.now += 2

    assert len(caplog.records) == 1
    assert "connection refused" in caplog.text


def test_for_a_second_after_a_failure_nobody_waits_for_the_broker(broker: Broker, clock: Clock) -> None:
    sender, broker.is_down = Sender(broker.send, clock=clock), True
    for _ in range(10):
        sender([MESSAGE])
        clock.now += 0.05
    assert broker.asked == 1

    clock.now += 1
    sender([MESSAGE])
    assert broker.asked == 2


def test_a_broker_that_is_back_is_used_again_and_that_is_said(
    broker: Broker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    sender, broker.is_down = Sender(broker.send, clock=clock), True
    sender([MESSAGE])
    broker.is_down = False
    clock.now += 60
    sender([MESSAGE])
    sender([MESSAGE])

    assert broker.got == [MESSAGE, MESSAGE]
    assert caplog.messages[-1] == "sending to the broker works again, after 60 s"
    assert len(caplog.messages) == 2


def test_a_second_outage_is_complained_about_as_well(
    broker: Broker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(broker.send, clock=clock)
    for is_down in (True, False, True):
        broker.is_down = is_down
        sender([MESSAGE])
        clock.now += 5

    assert [record.levelname for record in caplog.records if record.levelname == "ERROR"] == ["ERROR", "ERROR"]
