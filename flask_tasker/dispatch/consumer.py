"""A Dramatiq worker on one queue."""

from __future__ import annotations

from typing import Final

from dramatiq import Broker, Worker

POLL_MS: Final = 500
"""How often an idle thread looks whether it is to stop; a message wakes it at once."""
JOIN_MS: Final = 1_000


class Consumer:
    """Receives the messages of one queue in so many threads, in this process."""

    def __init__(self, broker: Broker, *, queue: str, threads: int) -> None:
        self._worker = Worker(broker, queues={queue}, worker_threads=threads, worker_timeout=POLL_MS)

    def start(self) -> None:
        """Begin to receive."""
        self._worker.start()

    def stop(self) -> None:
        """Stop receiving; what the middleware started is stopped first, and has its own time for that."""
        self._worker.stop(timeout=JOIN_MS)
