"""The one actor of an app, and what a Dramatiq worker on its broker starts and stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import dramatiq
from dramatiq import Actor, Broker, Middleware, Worker

from ..errors import ConfigurationError
from ..lifecycle import StepMessage
from .redis import PromptRedisBroker

_TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000


class Runner(Protocol):
    """What works on messages in a worker process."""

    def start(self) -> None:
        """Begin."""
        ...

    def handle(self, message: StepMessage, /) -> object:
        """Work on a message in the calling thread."""
        ...

    def stop(self) -> None:
        """Claim nothing more, and give back what is not ended in time."""
        ...


class DramatiqDispatch:
    """Sends messages through a broker, and works on them wherever a Dramatiq worker runs on that broker.

    ``runner`` makes what works on the messages, told how many threads there are; it is made when a worker boots.
    """

    def __init__(self, broker: Broker, *, queue: str, runner: Callable[[int], Runner]) -> None:
        self.broker = broker
        self.queue = queue
        self._running: Runner | None = None
        self._actor = _declare(broker, queue, self._receive)
        broker.add_middleware(_Boot(self, runner))

    def send(self, messages: Sequence[StepMessage]) -> None:
        """Hand the messages to the broker."""
        if isinstance(self.broker, PromptRedisBroker):
            self.broker.enqueue_all([self._actor.message(message.to_json()) for message in messages])
            return
        for message in messages:
            self._actor.send(message.to_json())

    def started(self, runner: Runner) -> None:
        """A worker has booted in this process."""
        self._running = runner
        runner.start()

    def stopped(self) -> None:
        """The worker of this process shuts down."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def _receive(self, data: Mapping[str, Any]) -> None:
        running = self._running
        if running is not None:
            running.handle(StepMessage.from_json(data))


class _Boot(Middleware):
    """Starts the runner with the Dramatiq worker that it lives in, and stops it before that shuts down."""

    def __init__(self, dispatch: DramatiqDispatch, runner: Callable[[int], Runner]) -> None:
        self._dispatch = dispatch
        self._runner = runner

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        if self._is_ours(worker):
            self._dispatch.started(self._runner(worker.worker_threads))

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        # Another app's worker may live on the same broker, and stop before ours.
        if self._is_ours(worker):
            self._dispatch.stopped()

    def _is_ours(self, worker: Worker) -> bool:
        return worker.consumer_whitelist is None or self._dispatch.queue in worker.consumer_whitelist


def _declare(broker: Broker, queue: str, receive: Callable[[Mapping[str, Any]], None]) -> Actor[..., None]:
    name = f"{queue}.run_steps"
    if name in broker.actors:
        raise ConfigurationError(
            f"the broker already has an actor {name!r}: another app uses this broker and queue; give each app its own "
            "TASKER_QUEUE"
        )
    # Retry and timeout belong to the step, in the database; a broker knows only the options of its middleware.
    wanted = {"max_retries": 0, "time_limit": _TEN_YEARS_MS, "store_results": False}
    options: dict[str, Any] = {option: value for option, value in wanted.items() if option in broker.actor_options}
    decorate = dramatiq.actor(broker=broker, actor_name=name, queue_name=queue, **options)
    return decorate(receive)
