"""``python -m example_app.outside``: serve the outside systems on loopback."""

from __future__ import annotations

import argparse
import logging
import sys
import threading

from werkzeug.serving import BaseWSGIServer, make_server

from .service import create_service


def main() -> None:
    """Serve until interrupted, or, with ``--until-eof``, until standard input ends: when the starter is gone."""
    options = _parser().parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", options.port, create_service(slow_seconds=options.slow_seconds), threaded=True)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    if options.until_eof:
        threading.Thread(target=_shut_down_at_eof, args=[server], daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def _shut_down_at_eof(server: BaseWSGIServer) -> None:
    sys.stdin.buffer.read()
    server.shutdown()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m example_app.outside", description=__doc__)
    parser.add_argument("--port", type=int, default=5055, help="0 takes a free one; the address is printed")
    parser.add_argument("--slow-seconds", type=float, default=5.0, help="how late a slow system answers")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser


if __name__ == "__main__":
    main()
