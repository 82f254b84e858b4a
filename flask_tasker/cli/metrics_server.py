"""Serving the figures of worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory

import click

from ..errors import ConfigurationError
from ..extension import State
from ..telemetry.metrics.serving import DIRECTORY, serve


@contextmanager
def metrics_served(state: State, *, host: str, port: int, is_supervisor: bool) -> Iterator[None]:
    """Serve them while the block runs; those of all processes that are started in it, if it ``is_supervisor``.

    Raises:
        ConfigurationError: no figures are kept, or the port cannot be listened on.
    """
    metrics = state.metrics
    if metrics is None:
        raise ConfigurationError(
            "--metrics-port: no figures are kept: pip install 'flask-tasker[prometheus]', and leave TASKER_METRICS alone"
        )
    with ExitStack() as stack:
        if is_supervisor and DIRECTORY not in os.environ:
            os.environ[DIRECTORY] = stack.enter_context(TemporaryDirectory(prefix="tasker-metrics-"))
        try:
            server = serve(metrics.text, host=host, port=port, token=state.settings.metrics_token)
        except OSError as error:
            raise ConfigurationError(f"--metrics-port: cannot listen on {host}:{port}: {error.strerror}") from error
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        click.echo(f"metrics at http://{host}:{server.server_port}/metrics")
        yield
