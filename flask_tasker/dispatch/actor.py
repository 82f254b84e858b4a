"""The one actor of an app, and what a Dramatiq worker on its broker starts and stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import dramatiq
from dramatiq import Actor, Broker, Message, Middleware, Worker

from ..errors import ConfigurationError
from ..lifecycle import StepMessage
from .joining import ALONE, Weight
from .redis import PromptRedisBroker

_TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000


class Runner(Protocol):
    """What works on messages in a worker process."""

    def start(self) -> None:
        """Begin."""
        ...

    def handle(self, *messages: StepMessage) -> bool:
        """Work on messages in the calling thread; says whether that was possible."""
        ...

    def weight(self, message: StepMessage, /) -> int:
        """How many of the lightest steps those of ``message`` count for; 0 where they are not known to be quick."""
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
        self._prompt = broker if isinstance(broker, PromptRedisBroker) else None
        self._running: Runner | None = None
        self._actor = _declare(broker, queue, self._receive)
        broker.add_middleware(_Boot(self, runner))

    def send(self, messages: Sequence[StepMessage]) -> None:
        """Hand the messages to the broker."""
        if self._prompt is not None:
            self._prompt.enqueue_all([self._actor.message(message.to_json()) for message in messages])
            return
        for message in messages:
            self._actor.send(message.to_json())

    def started(self, runner: Runner) -> None:
        """A worker has booted in this process."""
        self._running = runner
        if self._prompt is not None:
            self._prompt.weigh[self.queue] = self._weight
            self._prompt.closed.discard(self.queue)
        runner.start()

    def stopped(self) -> None:
        """The worker of this process shuts down."""
        if self._prompt is not None:
            self._prompt.closed.add(self.queue)
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def _receive(self, *told: Mapping[str, Any]) -> None:
        running, messages = self._running, [StepMessage.from_json(data) for data in told]
        done = running is not None and running.handle(*messages)
        if not done and self._prompt is not None and (running is None or self.queue in self._prompt.closed):
            # Received just before the worker began to stop: it is for others. Of other brokers it would come back here.
            self.send(messages)

    def _weight(self, message: Message[Any]) -> Weight:
        running = self._running
        try:
            told = [StepMessage.from_json(data) for data in message.args]
        except (KeyError, TypeError, ValueError):
            # Of another version of this package: it fails alone, where it is received.
            return ALONE
        weights = [0 if running is None else running.weight(one) for one in told]
        if not all(weights):
            return ALONE
        return Weight(sum(weights), is_light=sum(weights) == sum(len(one.steps) for one in told))


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


def _declare(broker: Broker, queue: str, receive: Callable[..., None]) -> Actor[..., None]:
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
