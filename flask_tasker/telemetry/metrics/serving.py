"""Serving the figures of a process that serves nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from ..token import is_token

PATH: Final = "/metrics"
PLAIN: Final = "text/plain; charset=utf-8"
SECONDS: Final = 10.0
"""So long a client may be silent, and so long it waits where another is being answered."""

Text = Callable[[str], tuple[bytes, str]]


def serve(text: Text, *, host: str, port: int, token: str | None) -> ThreadingHTTPServer:
    """Answer ``GET /metrics`` on ``host`` and ``port`` from a thread of its own; with ``token`` only who sends it.

    One at a time: each asks the database, on a connection that workers may be waiting for.

    Raises:
        OSError: the port is taken, or the address is not this machine's.
    """
    server = _Server((host, port), text, token)
    threading.Thread(target=server.serve_forever, name="tasker-metrics", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], text: Text, token: str | None) -> None:
        super().__init__(address, _Handler)
        self.text = text
        self.token = token
        self.asking = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SECONDS

    def do_GET(self) -> None:
        token = self.server.token
        if self.path.partition("?")[0] != PATH:
            self._answer(404, b"the figures are at /metrics\n", PLAIN)
        elif token is not None and not is_token(self.headers.get("Authorization"), token):
            self._answer(401, b"a bearer token is wanted\n", PLAIN)
        elif not self.server.asking.acquire(timeout=SECONDS):
            self._answer(503, b"another scrape is under way\n", PLAIN)
        else:
            self._answer(200, *self._figures())

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing: scrapers come every few seconds."""

    def _figures(self) -> tuple[bytes, str]:
        try:
            return self.server.text(self.headers.get("Accept", ""))
        finally:
            self.server.asking.release()

    def _answer(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(body)
