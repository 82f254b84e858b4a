"""``Tasker``: what an app makes one of."""

from __future__ import annotations

import importlib
import logging
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from dramatiq import Broker
from flask import Flask, appcontext_pushed, current_app, request
from sqlalchemy.orm import Session, scoped_session

from ..config import Settings
from ..dispatch import is_flask_run, is_other_command
from ..engine import Once, create_task, create_task_once, create_tasks
from ..errors import ConfigurationError, UnknownHandlerError
from ..handlers import HandlerFactory, TaskRequest, default_factory
from ..models import Task, WorkflowStep
from ..web.access import Authorize
from ..web.api.app_calls import LIVE
from ..web.blueprint import BLUEPRINT_NAME, create_blueprint
from ..web.dashboard.blueprint import DASHBOARD_NAME, create_dashboard
from ..web.dependencies import ApiDependencies
from .lines import write_lines
from .operations import Operations
from .state import State

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

logger = logging.getLogger(__name__)

KEY: Final = "tasker"
START_DELAY: Final = 0.5


class Tasker:
    """Durable multi-step tasks for a Flask app.

    Make one at module level and call ``init_app`` in the app's factory, or pass the app at once. ``broker`` is a
    Dramatiq broker of the host's, used instead of ``TASKER_BROKER_URL``; ``handlers`` is a factory of its own;
    ``tracer_provider`` takes the spans instead of the provider of the process (it needs the extra ``otel``).
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        broker: Broker | None = None,
        handlers: HandlerFactory | None = None,
        tracer_provider: TracerProvider | None = None,
    ) -> None:
        self._broker = broker
        self._handlers = handlers
        self._tracer_provider = tracer_provider
        self._authorize: Authorize | None = None
        self._states = weakref.WeakSet[State]()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Set up ``app``: settings, handlers, tables in its metadata, transport and API.

        Raises:
            ConfigurationError: it was set up already, or a setting makes no sense.
        """
        if KEY in app.extensions:
            raise ConfigurationError("a Tasker is already registered on this app: create it once and import it")
        settings = Settings.of(app.config)
        names = {BLUEPRINT_NAME, DASHBOARD_NAME} if settings.dashboard else {BLUEPRINT_NAME}
        for name in names & app.blueprints.keys():
            raise ConfigurationError(
                f"the app has a blueprint named {name!r} of its own, which is what ours is called: give it another name"
            )
        write_lines(app, settings)
        state = State(
            app,
            settings=settings,
            handlers=self._handlers if self._handlers is not None else default_factory(),
            broker=self._broker,
            tracer_provider=self._tracer_provider,
        )
        state.authorize = self._authorize
        app.extensions[KEY] = state
        self._states.add(state)
        state.join_metadata()
        appcontext_pushed.connect(_join_late, app)
        for module in settings.handlers:
            importlib.import_module(module)
        if settings.dashboard:
            app.register_blueprint(create_dashboard(_dependencies(state)), url_prefix=settings.url_prefix)
        app.register_blueprint(create_blueprint(_dependencies(state)), url_prefix=settings.url_prefix)
        _start_when_serving(app, state)

    def create_task(self, request: TaskRequest, *, session: Session | scoped_session[Any] | None = None) -> Task:
        """Start a task; needs an app context.

        With ``session``, its rows are written in that session's open transaction, ``task.task_id`` is there at once,
        and the workers are told after the outermost commit, or never if it rolls back. Without, it is committed on
        return.

        Raises:
            UnknownHandlerError: no handler of that name.
            InvalidRequestError: a field was refused; ``faults`` says which and why.
            DuplicateTaskError: an identical request was made in the same calendar minute.
        """
        state = state_of(current_app)
        real = session() if isinstance(session, scoped_session) else session
        return _create(state, request, real)

    def create_tasks(
        self, requests: Sequence[TaskRequest], *, session: Session | scoped_session[Any] | None = None
    ) -> list[Task]:
        """Start many tasks in one transaction, all or none; otherwise as ``create_task``.

        On PostgreSQL a hundred of them are written by one statement.

        Raises:
            UnknownHandlerError: no handler of a request's name.
            InvalidRequestError: a field was refused; ``faults`` says which and why.
            DuplicateTaskError: two are identical, or one was made before in the same calendar minute.
        """
        state = state_of(current_app)
        real = session() if isinstance(session, scoped_session) else session
        with _helpful(state):
            return create_tasks(state.runtime, requests, session=real)

    @property
    def operations(self) -> Operations:
        """What operators do to tasks and steps of the current app: cancel, retry, skip, resolve, and why."""
        return Operations(state_of(current_app))

    def why(self, step: WorkflowStep | int) -> str:
        """Say in one sentence why a step of the current app, or the one of that key, is not running."""
        return self.operations.why(step if isinstance(step, int) else step.workflow_step_id)

    def authorize(self, callback: Authorize) -> Authorize:
        """Open the API to those whom ``callback(permission, resource)`` lets in; usable as a decorator.

        It answers an ``Access``, which says who acts, for which owner and what they may see; ``True`` to allow all,
        ``False`` to refuse (403) and ``None`` for someone unknown (401). It counts for the app in whose context it is
        called; outside of any, for every app that this Tasker has set up, or will.
        """
        if current_app:
            state_of(current_app).authorize = callback
            return callback
        self._authorize = callback
        for state in self._states:
            state.authorize = callback
        return callback


def state_of(app: Flask) -> State:
    """What the extension keeps of ``app``.

    Raises:
        ConfigurationError: no Tasker was set up on it.
    """
    state = app.extensions.get(KEY)
    if not isinstance(state, State):
        raise ConfigurationError("this app has no Tasker: call Tasker(app) or tasker.init_app(app)")
    return state


def _create(state: State, request: TaskRequest, session: Session | None = None, owner: str | None = None) -> Task:
    with _helpful(state):
        return create_task(state.runtime, request, session=session, owner=owner)


def _create_once(state: State, request: TaskRequest, key: str, owner: str | None) -> Once:
    with _helpful(state):
        return create_task_once(state.runtime, request, key=key, owner=owner)


@contextmanager
def _helpful(state: State) -> Iterator[None]:
    """A module that is never imported is the commonest reason for a handler that is not known."""
    try:
        yield
    except UnknownHandlerError as error:
        known = ", ".join(definition.full_name for definition in state.handlers) or "none"
        logger.warning(
            "%.200r; known here: %s. A handler is registered when its module is imported: name it in TASKER_HANDLERS",
            str(error),
            known,
        )
        raise


def _dependencies(state: State) -> ApiDependencies:
    return ApiDependencies(
        engine=state.reading_engine,
        create=lambda request, owner: _create(state, request, owner=owner),
        create_once=lambda request, key, owner: _create_once(state, request, key, owner),
        runtime=lambda: state.runtime,
        handlers=state.handlers,
        settings=state.settings,
        authorize=lambda: state.authorize,
        clock=lambda: state.runtime.database.clock,
        broker_answers=state.broker_answers,
        metrics=None if state.metrics is None else state.metrics.text,
    )


def _join_late(app: Flask, **_extra: object) -> None:
    state_of(app).join_metadata()
    # Programs have no token of a form; whoever sends a browser's cookies along is told by where the request comes from.
    csrf = app.extensions.get("csrf")
    if csrf is not None:
        csrf.exempt(app.blueprints[BLUEPRINT_NAME])


def _start_when_serving(app: Flask, state: State) -> None:
    embedded = state.embedded
    if embedded is None or is_other_command():
        state.embedded = None if is_other_command() else embedded
        return

    @app.before_request
    def start_embedded_worker() -> None:
        # Whether the process lives must not depend on what the worker waits for.
        if not (request.endpoint or "").endswith(f".{LIVE.name}"):
            embedded.ensure()

    if is_flask_run():
        # What a crash left behind goes on without waiting for the first request; the factory may still be at work.
        timer = threading.Timer(START_DELAY, embedded.ensure)
        timer.daemon = True
        timer.start()
