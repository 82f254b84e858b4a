"""``flask tasker worker``: processes that run steps."""

from __future__ import annotations

import gc
import os
from contextlib import ExitStack

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from ..errors import TaskerError
from ..extension import State
from .metrics_server import metrics_served
from .stopping import StopFlag
from .supervisor import CHILD, Supervisor, parent_is_gone


@click.command("worker")
@click.option("--processes", "-p", type=click.IntRange(1), default=1, show_default=True, help="How many processes.")
@click.option("--threads", "-t", type=click.IntRange(1), default=8, show_default=True, help="Steps at once, a process.")
@click.option("--metrics-port", type=click.IntRange(1, 65_535), help="Serve figures for Prometheus at /metrics there.")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="On which of the machine's addresses.")
@with_appcontext
def worker(processes: int, threads: int, metrics_port: int | None, metrics_host: str) -> None:
    """Run steps of the app's tasks until told to stop.

    SIGTERM or Ctrl-C stops it gracefully: nothing more is claimed, running steps have TASKER_STOP_SECONDS to end, and
    what has not ended by then is given back for another worker. A process that dies is started again.

    \b
    flask --app shop tasker worker --processes 2 --threads 8
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    state: State = app.extensions["tasker"]
    try:
        is_child, is_supervisor = CHILD in os.environ, processes > 1
        with ExitStack() as stack:
            if metrics_port is not None and not is_child:
                served = metrics_served(state, host=metrics_host, port=metrics_port, is_supervisor=is_supervisor)
                stack.enter_context(served)
            if is_child or not is_supervisor:
                _serve(state, threads)
            else:
                _introduce(state, processes, threads)
                Supervisor(processes, grace=state.settings.stop_seconds).run()
    except TaskerError as error:
        raise click.ClickException(str(error)) from error


def _serve(state: State, threads: int) -> None:
    stop = StopFlag()
    stop.on_signals()
    consumer = state.consumer(threads)
    if CHILD in os.environ:
        parent_is_gone(stop.set)
    else:
        _introduce(state, 1, threads)
    # What was imported stays, so that the collector need not go through it: a chain of ten steps takes 7 % less time.
    gc.collect()
    gc.freeze()
    consumer.start()
    click.echo(f"worker {state.runtime.worker} runs")
    stop.wait()
    click.echo(f"worker {state.runtime.worker} stops: no new steps, {state.settings.stop_seconds:g} s for running ones")
    consumer.stop()
    click.echo(f"worker {state.runtime.worker} has stopped")


def _introduce(state: State, processes: int, threads: int) -> None:
    names = [definition.full_name for definition in state.handlers]
    click.echo(
        f"tasker worker: {processes} x {threads} threads, queue {state.settings.queue!r}, "
        f"database {state.runtime.host_engine.url.render_as_string(hide_password=True)}"
    )
    click.echo(f"handlers: {', '.join(names) or 'none (set TASKER_HANDLERS)'}")
