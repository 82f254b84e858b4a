"""Serving the figures of worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from tempfile import TemporaryDirectory

import click

from ..errors import ConfigurationError
from ..extension import State
from ..store.deadline import within
from ..telemetry.metrics.directory import DIRECTORY
from ..telemetry.metrics.serving import serve


@contextmanager
def metrics_served(state: State, *, host: str, port: int, is_supervisor: bool) -> Iterator[None]:
    """Serve them while the block runs; those of all processes that are started in it, if it ``is_supervisor``.

    Raises:
        ConfigurationError: no figures are kept, or the port cannot be listened on.
    """
    metrics = state.metrics
    if metrics is None:
        raise ConfigurationError(
            "--metrics-port: no figures are kept: pip install 'flask-tasker[prometheus]', do not set TASKER_METRICS "
            "to False"
        )
    _warn_of_an_open_port(state, host)

    def text(accept: str) -> tuple[bytes, str]:
        with within(state.settings.http_timeout_seconds):
            return metrics.text(accept)

    with ExitStack() as stack:
        if is_supervisor and DIRECTORY not in os.environ:
            os.environ[DIRECTORY] = stack.enter_context(TemporaryDirectory(prefix="tasker-metrics-"))
        try:
            server = serve(text, host=host, port=port, token=state.settings.metrics_token)
        except OSError as error:
            raise ConfigurationError(f"--metrics-port: cannot listen on {host}:{port}: {error.strerror}") from error
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        click.echo(f"metrics at http://{host}:{server.server_port}/metrics")
        yield


def _warn_of_an_open_port(state: State, host: str) -> None:
    if state.settings.metrics_token is None and not _is_loopback(host):
        click.echo(
            f"metrics: whoever reaches {host} may read the names and figures of all tasks; set TASKER_METRICS_TOKEN to "
            "let in only who sends it",
            err=True,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
