"""Whether RabbitMQ is there: asked by the check of readiness. It needs the extra, as all of RabbitMQ's tests."""

from __future__ import annotations

import time

import pytest

from flask_tasker.dispatch import broker_answers, broker_for
from tests.servers.ports import free_port
from tests.web.hanging import silent_port

SECONDS = 0.5


@pytest.mark.amqp
def test_a_rabbitmq_that_is_up_answers(rabbitmq_url: str) -> None:
    assert broker_answers(broker_for(rabbitmq_url), seconds=5)


@pytest.mark.amqp
def test_a_rabbitmq_that_is_down_does_not_answer() -> None:
    assert not broker_answers(broker_for(f"amqp://guest:guest@127.0.0.1:{free_port()}"), seconds=SECONDS)


@pytest.mark.amqp
def test_a_rabbitmq_that_says_nothing_is_waited_for_so_long() -> None:
    with silent_port() as port:
        begun = time.monotonic()
        assert not broker_answers(broker_for(f"amqp://guest:guest@127.0.0.1:{port}"), seconds=SECONDS)
        assert time.monotonic() - begun < SECONDS + 1
