"""Threads of a worker process that end when they are told to."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from .complaint import Complaint

logger = logging.getLogger(__name__)


class Repeating:
    """A thread that does something again and again, with pauses that it is told, until it is stopped."""

    def __init__(self, name: str, action: Callable[[], None], *, pause: Callable[[], float]) -> None:
        self._action = action
        self._pause = pause
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._complaint = Complaint(name)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a pause."""
        self._thread.start()

    @property
    def failing(self) -> bool:
        """Whether the last action failed."""
        return self._complaint.standing

    def wake(self) -> None:
        """Cut the present pause short."""
        self._wake.set()

    def stop(self) -> None:
        """End after the action under way, and wait for that."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self._pause())
            self._wake.clear()
            if not self._stop.is_set():
                self._act()

    def _act(self) -> None:
        try:
            self._action()
        except (Exception, SystemExit) as error:
            # SystemExit as well, from a hook of the host's: nobody would do this any more, and nobody would notice.
            self._complaint.failed(error)
        else:
            self._complaint.worked()


class Crew:
    """Up to so many threads that run jobs; they are started when there is work.

    They are daemons, as those of ``ThreadPoolExecutor`` are not: a handler that hangs must not hold up the exit.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()

    def submit(self, job: Callable[[], object]) -> None:
        """Run ``job`` as soon as a thread is free."""
        self._jobs.put(job)
        with self._lock:
            if not self._idle.acquire(blocking=False) and len(self._threads) < self._size:
                thread = threading.Thread(target=self._run, name=f"{self._name}-{len(self._threads) + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        """Let every thread end once the jobs before this are done."""
        for _ in range(self._size):
            self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except BaseException:
                # SystemExit as well, from a teardown of the app's: the crew must not become a thread short.
                logger.exception("%s: a job failed; what it was about is found by the next sweep", self._name)
            self._idle.release()
