"""A worker process: so many steps at once, from messages and, when idle, straight from the database."""

from __future__ import annotations

import itertools
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import sqlalchemy as sa
from blinker import NamedSignal
from sqlalchemy.exc import DBAPIError

from ..chance import jitter
from ..lifecycle import StepMessage
from ..signals import SweepEvent, WorkerEvent, swept, worker_started, worker_stopped
from ..store.leases import renew_leases
from ..store.workers import Glance, forget_silent, sign_and_glance, sign_off
from .backlog import Backlog
from .complaint import Complaint
from .groups import Groups
from .holdings import Holdings
from .reclaim import give_back
from .runtime import Runtime
from .sweep import Sweep
from .threads import Crew, Repeating
from .timer import RetryTimer
from .turns import TOOK_LONG
from .unrecorded import Unrecorded
from .work import record_for_others, work

logger = logging.getLogger(__name__)

MISSED_SWEEPS: Final = 3.0
URGENT_BEAT: Final = 1.0
SHORTEST_SILENCE: Final = 5.0
THOROUGH_EVERY: Final = 10
LAST_RECORDS_SECONDS: Final = 2.0
SWEEPS_OF_PATIENCE: Final = 3.0
"""For so many sweeps a ready step is left to its message while messages come."""
OVERDUE_SECONDS: Final = 1.0
"""How long a claimed step may wait behind others of its chunk, and an outcome for theirs."""


class Worker:
    """Runs steps of one app in this process, ``threads`` at a time.

    Messages come in by ``handle``, in the threads of whoever received them; retries by the local timer; and what has no
    message by the sweep, which a worker with nothing to do follows up by claiming from the database.
    """

    def __init__(self, runtime: Runtime, *, threads: int) -> None:
        self._stopping = threading.Event()
        self._threads = threads
        self._slots = threading.Semaphore(threads)
        self._busy = 0
        self._idle = threading.Condition()
        self._crew = Crew("tasker-idle", threads)
        self._timer = RetryTimer(self._submit)
        # Holdings, outcomes and groups of its own: in a forked child the others are the parent's, to be neither
        # renewed nor given back, and perhaps locked by a thread that is not here.
        self.runtime = replace(
            runtime,
            later=self._timer.after,
            stopping=self._stopping.is_set,
            holdings=Holdings(),
            unrecorded=Unrecorded(),
            groups=Groups(),
        )
        self._backlog = Backlog(self.runtime)
        self._sweep = Sweep(self.runtime)
        self._fleet = 1
        self._rounds = itertools.count()
        self._complaint = Complaint("working on messages")
        self._no_reclaim_before = 0.0
        self._last_message_at = -math.inf
        self._relief = Repeating("tasker-relief", self._relieve, pause=lambda: OVERDUE_SECONDS / 2)
        self._heartbeat = Repeating("tasker-heartbeat", self._beat, pause=self._beat_pause)
        self._sweeper = Repeating("tasker-sweep", self._look_around, pause=self._pause)

    def start(self) -> None:
        """Start the threads; the first sweep comes at once, for what a crash left behind."""
        self._timer.start()
        self._heartbeat.start()
        self._relief.start()
        self._sweeper.start()
        self._sweeper.wake()
        self._announce(worker_started)

    def handle(self, *messages: StepMessage) -> bool:
        """Work on messages in the calling thread, once a slot is free; raises nothing, and says whether it worked."""
        self._last_message_at = time.monotonic()
        return self._work_on(*messages)

    def weight(self, message: StepMessage) -> int:
        """How many of the lightest steps those of ``message`` count for; 0 where they are not known to be quick."""
        return self.runtime.pace.weight(message)

    def _work_on(self, *messages: StepMessage) -> bool:
        if self._stopping.is_set():
            return False
        with self._slots:
            if self._stopping.is_set():
                return False
            self._count(+1)
            try:
                work(self.runtime, *messages)
            except Exception as error:
                # The database is away, or said no: the step's wake-up stands there, and a sweep finds it.
                self._complaint.failed(error)
                return False
            else:
                self._complaint.worked()
                return True
            finally:
                self._count(-1)

    def stop(self) -> None:
        """Claim nothing more, wait ``stop_seconds`` for running steps, give back the leases of those still running."""
        self._stopping.set()
        self._timer.stop()
        self._sweeper.stop()
        self._crew.stop()
        deadline = time.monotonic() + self.runtime.settings.stop_seconds
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout=max(0.0, deadline - time.monotonic()))
        self._heartbeat.stop()
        self._relief.stop()
        self._record_what_is_known()
        for holding in self.runtime.holdings.take_out():
            self._try(partial(give_back, self.runtime, holding))
        self._try(self._sign_off)
        self._announce(worker_stopped)

    @property
    def busy(self) -> int:
        """How many steps run at the moment."""
        return self._busy

    def _submit(self, message: StepMessage) -> None:
        self._crew.submit(partial(self._work_on, message))

    def _pull(self) -> None:
        """Work on due steps until there is none. Who finds one calls in another thread, as long as one is free."""
        called = False
        while not self._stopping.is_set() and (message := self._backlog.next(waited=self._patience())) is not None:
            if not called and self._busy + 1 < self._threads:
                called = True
                self._crew.submit(self._pull)
            if not self._work_on(message):
                # Reading works and claiming does not (a full disk, a standby): the next sweep tries again.
                return

    def _patience(self) -> float:
        """How long a step must have been due to be taken from the database: while messages come, its own is mostly
        under way, and whoever received it would claim in vain."""
        seconds = self.runtime.settings.sweep_seconds
        has_messages = time.monotonic() < self._last_message_at + seconds
        return SWEEPS_OF_PATIENCE * seconds if has_messages else 0.0

    def _look_around(self) -> None:
        seen, mended = self._glance(), 0
        self._fleet = max(1, seen.living)
        if seen.silent and self.runtime.database.transaction(self._forget_silent):
            mended += self._sweep.mend_all(between=self._glance)
        if seen.ended and time.monotonic() >= self._no_reclaim_before:
            self._beat()
            mended += self._sweep.reclaim()
        if next(self._rounds) % THOROUGH_EVERY == 0:
            mended += self._sweep.mend_page()
        self.runtime.announce(swept, lambda: SweepEvent(worker=self.runtime.worker, mended=mended))
        if self._stopping.is_set():
            # It may have signed on after the worker signed off.
            self._sign_off()
        elif (seen.due or seen.ended or seen.silent) and self._busy < self._threads:
            self._crew.submit(self._pull)

    def _announce(self, signal: NamedSignal) -> None:
        self.runtime.announce(signal, lambda: WorkerEvent(worker=self.runtime.worker, threads=self._threads))

    def _relieve(self) -> None:
        """A step that takes longer than was thought holds up neither those before it nor those behind it."""
        for holding in self.runtime.holdings.take_out_overdue(OVERDUE_SECONDS):
            self._try(partial(give_back, self.runtime, holding, unstarted=TOOK_LONG))
        record_for_others(self.runtime, self.runtime.unrecorded.take_overdue(OVERDUE_SECONDS))

    def _record_what_is_known(self) -> None:
        """In a thread of its own: a record outlasts a database that is away, and a stop does not."""
        known = self.runtime.unrecorded.take_overdue(0)
        if known:
            record = partial(self._try, partial(record_for_others, self.runtime, known))
            thread = threading.Thread(target=record, name="tasker-last-records", daemon=True)
            thread.start()
            thread.join(LAST_RECORDS_SECONDS)

    def _glance(self) -> Glance:
        failed_before = self._sweeper.failing
        seen = self._glance_once()
        if failed_before:
            # The database was away: steps that run have lost their leases by no fault of their workers', which renew
            # them now.
            self._no_reclaim_before = time.monotonic() + self.runtime.settings.lease_seconds / 3
        return seen

    def _glance_once(self) -> Glance:
        database = self.runtime.database
        if database.swift is None:
            return database.transaction(self._sign_and_glance)
        try:
            return database.once(self._sign_and_glance)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # Perhaps only the connection is gone: somebody cuts those that lie idle between two sweeps. Where none can
            # be made, the fleet keeps its pace.
            return database.once(self._sign_and_glance)

    def _sign_and_glance(self, connection: sa.Connection) -> Glance:
        return sign_and_glance(
            connection,
            self.runtime.database.clock,
            name=self.runtime.worker,
            threads=self._threads,
            expected_in=max(SHORTEST_SILENCE, MISSED_SWEEPS * self._mean_pause()),
        )

    def _forget_silent(self, connection: sa.Connection) -> list[str]:
        return forget_silent(connection, self.runtime.database.clock)

    def _pause(self) -> float:
        """Random, so that a fleet never sweeps in step."""
        return jitter.uniform(0.5, 1.5) * self._mean_pause()

    def _mean_pause(self) -> float:
        """It grows with the fleet, so that its pace does not. A thorough round asks one question more."""
        return self.runtime.settings.sweep_seconds * self._fleet * (1 + 1 / THOROUGH_EVERY)

    def _beat_pause(self) -> float:
        lease = self.runtime.settings.lease_seconds
        return min(URGENT_BEAT, lease / 3) if self._heartbeat.failing else lease / 3

    def _beat(self) -> None:
        held = self.runtime.holdings.to_renew()
        if held:
            seconds = self.runtime.settings.lease_seconds
            standing = self.runtime.database.transaction(
                lambda connection: renew_leases(connection, self.runtime.database.clock, held=held, seconds=seconds)
            )
            self.runtime.holdings.mark_lost(held, standing)

    def _count(self, change: int) -> None:
        with self._idle:
            self._busy += change
            self._idle.notify_all()

    def _sign_off(self) -> None:
        self.runtime.database.transaction(lambda connection: sign_off(connection, name=self.runtime.worker))

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception:
            text = "the database did not answer; leases that could not be given back end by themselves"
            logger.exception(text, extra={"worker": self.runtime.worker})
