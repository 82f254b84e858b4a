"""What the extension keeps of one app."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from dramatiq import Broker
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from ..config import Settings
from ..dispatch import (
    INLINE,
    MEMORY,
    Consumer,
    DramatiqDispatch,
    Embedded,
    InlineDispatch,
    broker_answers,
    broker_for,
    scheme_of,
)
from ..engine import Catalogue, Pace, Runtime, Sender, Worker, by_code, work
from ..errors import ConfigurationError, UnavailableError
from ..handlers import HandlerFactory
from ..lifecycle import Dispatcher, StepMessage
from ..migrations import LATEST, installed_version
from ..signals import Announcer, LostMessagesEvent, messages_lost
from ..store.clock import DatabaseClock
from ..store.database import READ_ONLY, Database, engine_beside, is_in_memory, swift_engine
from ..store.deadline import unbounded, within
from ..store.health import Overview, overview
from ..store.reading import reading
from ..web.access import Authorize
from .figures import metrics_of
from .host import app_context_of, copy_tables, host_engine, sqlalchemy_of
from .traces import traces_of

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

logger = logging.getLogger(__name__)


class State:
    """Settings, handlers, transport and, once the host's database is known, the engine's runtime of one app."""

    def __init__(
        self,
        app: Flask,
        *,
        settings: Settings,
        handlers: HandlerFactory,
        broker: Broker | None,
        tracer_provider: TracerProvider | None = None,
    ) -> None:
        self.app = app
        self.settings = settings
        self.handlers = handlers
        self.authorize: Authorize | None = None
        self.announce = Announcer(app, partial(app_context_of, app))
        self.works_where_it_serves = False
        self.embedded: Embedded | None = None
        self.dispatch: DramatiqDispatch | None = None
        self.sender: Dispatcher
        self.metrics = metrics_of(app, settings, self._overview)
        self.traces = traces_of(app, settings, lambda: self.runtime, provider=tracer_provider)
        self._runtime: Runtime | None = None
        self._making = threading.Lock()
        self._tables_copied = False
        self._set_up_transport(broker)

    @property
    def runtime(self) -> Runtime:
        """The engine's view of the app.

        Raises:
            ConfigurationError: the app has no SQLAlchemy.
        """
        if self._runtime is None:
            # Two first requests at once must not make two: leases are held by one.
            with self.app.app_context(), self._making:
                self._runtime = self._runtime or self._make_runtime()
        return self._runtime

    def join_metadata(self) -> None:
        """Copy the tables into the host's metadata, once its SQLAlchemy is there."""
        if not self._tables_copied and "sqlalchemy" in self.app.extensions:
            self._tables_copied = True
            copy_tables(self.app, self.settings, dropped=self._forget)

    def move_clock(self, seconds: float) -> None:
        """Let the database's clock, as the engine of this process sees it, be so much later: for tests."""
        runtime = self.runtime
        clock = runtime.database.clock
        offset = clock.offset if isinstance(clock, DatabaseClock) else 0.0
        self._runtime = replace(runtime, database=runtime.database.at(DatabaseClock(offset + seconds)))

    def consumer(self, threads: int) -> Consumer:
        """A worker of this process on the app's broker.

        Raises:
            ConfigurationError: the transport is inline.
        """
        if self.dispatch is None:
            raise ConfigurationError(
                "TASKER_BROKER_URL is inline://: there is nothing to listen to; set it to redis://..., or to memory:// "
                "and serve the app"
            )
        self._warn_of_old_tables()
        return Consumer(self.dispatch.broker, queue=self.dispatch.queue, threads=threads)

    def reading_engine(self) -> sa.Engine:
        """The engine for statements that only read."""
        return self.runtime.database.engine.execution_options(**{READ_ONLY: True})

    def broker_answers(self, seconds: float) -> bool:
        """Ask the broker whether it is there, for so many seconds; inline there is none that could not be."""
        return self.dispatch is None or broker_answers(self.dispatch.broker, seconds=seconds)

    def _set_up_transport(self, broker: Broker | None) -> None:
        scheme = scheme_of(self.settings.broker_url)
        if broker is None and scheme == INLINE:
            held = bool(self.app.testing or self.app.config.get("TESTING"))
            self.sender = InlineDispatch(self._work, held=held)
            return
        self.dispatch = DramatiqDispatch(
            broker if broker is not None else broker_for(self.settings.broker_url),
            queue=self.settings.queue,
            runner=self._make_worker,
        )
        self.sender = self.dispatch
        if broker is None and scheme == MEMORY and self.settings.embedded:
            self.works_where_it_serves = True
            self.embedded = Embedded(self._make_embedded)

    def _work(self, message: StepMessage) -> None:
        # Perhaps in the thread of a request, whose patience with the database is not that of a worker.
        with unbounded():
            work(self.runtime, message)

    def _make_worker(self, threads: int) -> Worker:
        """A worker sends straight to the broker: one that stops must not start the next one by its last messages."""
        sender = Sender(self.sender.send, lost=self._announce_lost)
        return Worker(replace(self.runtime, send=sender), threads=threads)

    def _make_embedded(self) -> Consumer:
        return self.consumer(self.settings.embedded_threads)

    def _make_runtime(self) -> Runtime:
        host = host_engine(self.app, self.settings)
        if self.embedded is not None and is_in_memory(host.url):
            raise ConfigurationError(
                "the embedded worker's threads need connections of their own, and SQLite in memory has only one: "
                "use a file (sqlite:///app.sqlite), or TASKER_BROKER_URL=inline://, or TASKER_EMBEDDED=False"
            )
        return Runtime(
            database=self._watched(
                Database(
                    engine=engine_beside(host, shares_connections=not self.settings.prepared_statements),
                    swift=swift_engine(host) if self.settings.prepared_statements else None,
                )
            ),
            host_engine=host,
            handlers=self.handlers,
            settings=self.settings,
            app_context=partial(app_context_of, self.app),
            send=Sender(self._send, lost=self._announce_lost),
            announce=self.announce,
            tracing=self.traces,
            host_session=sqlalchemy_of(self.app).session,
            # Tests make and drop tables, and roll back, behind the cache's back.
            catalogue=Catalogue(remember=not self.app.testing),
            pace=Pace(alike=by_code(self.handlers)),
        )

    def _send(self, messages: Sequence[StepMessage]) -> None:
        if self.embedded is not None:
            self.embedded.ensure()
        self.sender.send(messages)

    def _watched(self, database: Database) -> Database:
        if self.metrics is not None:
            for engine in filter(None, (database.engine, database.swift)):
                self.metrics.watch(engine)
        return database

    def _overview(self) -> Overview:
        with reading(self.reading_engine()) as session:
            return overview(session.connection(), self.runtime.database.clock)

    def _announce_lost(self, messages: int) -> None:
        self.announce(messages_lost, lambda: LostMessagesEvent(messages=messages))

    def _forget(self) -> None:
        if self._runtime is not None:
            self._runtime.catalogue.forget()

    def _warn_of_old_tables(self) -> None:
        try:
            # In a serving process a request waits for this.
            with within(self.settings.http_timeout_seconds):
                installed = self.runtime.database.read(installed_version)
        except (SQLAlchemyError, UnavailableError) as error:
            logger.warning("could not read the version of the tasker tables: %s", error)
            return
        # 0: the tables are there and no migration made them (create_all), so they are this package's.
        if installed not in (0, LATEST):
            logger.warning(
                "the tasker tables are at version %s, this package wants %s: run `flask tasker db install` and "
                "`flask db upgrade` (or `flask tasker db upgrade` without Flask-Migrate)",
                installed,
                LATEST,
            )
