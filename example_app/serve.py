"""``python -m example_app.serve``: keep the shop up on loopback, for a browser or curl."""

from __future__ import annotations

import errno
import signal
import socket

import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from flask_tasker.models import Task

from .demonstration import stage, start_everything
from .extensions import db

FIRST_PORT = 5000
PORTS_TRIED = 100

LINES = """The shop is open on {url}; Ctrl-C closes it.

  curl {url}/tasker/tasks
  curl {url}/tasker/tasks -H 'Content-Type: application/json' \\
       -d '{{"task": {{"name": "dummy_task", "context": {{"dummy": true}}}}}}'
  curl {url}/tasker/tasks/1
  curl {url}/tasker/tasks/1/workflow_steps

  curl {url}/orders -H 'Content-Type: application/json' \\
       -d '{{"email": "ada@example.org", "card": "card-busy", "address": "1 High Street", "country": "Portugal",
            "lines": [{{"sku": "TEAPOT", "quantity": 1}}]}}'
  curl {url}/orders/1

A card, address, country or mail address with busy, limited, slow, done or refused in it makes the outside system
answer 503, 429, too late, 409 or 402.

Its tasks are to be seen and steered on {url}/tasker/ui/
"""


def main() -> None:
    """Open the shop on port 5000 or the next free one, until interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # A supervisor's way to close it, as good as Ctrl-C.
    with stage(print) as app:
        server = _server(app)
        with app.app_context():
            if not db.session.scalar(sa.select(sa.exists().select_from(Task))):
                print(f"Started {len(start_everything())} tasks, some of which meet with trouble.")
        print("\n" + LINES.format(url=f"http://127.0.0.1:{server.port}"), flush=True)
        server.serve_forever()  # Returns at Ctrl-C.
        print("Closed. What has not run yet goes on at the next start.")


def _server(app: Flask) -> BaseWSGIServer:
    with _free_port() as listening:
        return make_server("127.0.0.1", listening.getsockname()[1], app, threaded=True, fd=listening.fileno())


def _free_port() -> socket.socket:
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise RuntimeError(f"ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are all taken")


if __name__ == "__main__":
    main()
