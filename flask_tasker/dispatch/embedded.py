"""The worker that lives in each serving process of the app."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from typing import Protocol

import click
from flask.cli import FlaskGroup, ScriptInfo


class Stoppable(Protocol):
    """What runs until it is stopped."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


class Embedded:
    """Starts a worker once in each process that serves the app, after any fork, and stops it at exit."""

    def __init__(self, make: Callable[[], Stoppable]) -> None:
        self._make = make
        self._pid: int | None = None
        self._worker: Stoppable | None = None
        self._exiting = False
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Start the worker of this process, unless it runs, or has run and the process ends: nobody would stop it."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid() or self._exiting:
                return
            self._worker = self._make()
            self._worker.start()
            self._pid = os.getpid()
            atexit.register(self._exit)

    def stop(self) -> None:
        """Stop the worker of this process; a copy that came over a fork is not ours to stop."""
        with self._lock:
            worker, self._worker = self._worker, None
            if worker is not None and self._pid == os.getpid():
                worker.stop()
            self._pid = None
            atexit.unregister(self._exit)

    def _exit(self) -> None:
        self._exiting = True
        self.stop()


def is_other_command() -> bool:
    """Whether this process is a ``flask`` command other than ``run``: it leaves the work to a serving process."""
    context = _flask_command()
    return context is not None and not _is_run(context)


def is_flask_run() -> bool:
    """Whether this process is about to serve by ``flask run``: not the parent of its reloader."""
    context = _flask_command()
    if context is None or not _is_run(context):
        return False
    reloads = context.params.get("reload")
    if reloads is None:
        reloads = os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on") or "--debug" in sys.argv
    return not reloads or os.environ.get("WERKZEUG_RUN_MAIN") == "true"


def _is_run(context: click.Context) -> bool:
    """Whether it serves; ``flask tasker run`` does not."""
    return context.info_name == "run" and context.parent is not None and isinstance(context.parent.command, FlaskGroup)


def _flask_command() -> click.Context | None:
    """The running ``flask`` command; other programs of click's, such as a server, are none."""
    context = click.get_current_context(silent=True)
    return context if context is not None and context.find_object(ScriptInfo) is not None else None
