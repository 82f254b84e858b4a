"""A TCP port for a server that is about to start, and maybe to start again there."""

import random
import socket
from typing import Final

# Below the ports that Linux gives to outgoing connections (32768 and up, "ip_local_port_range"): such a port could be
# taken while its server restarts, by nothing but a client's attempt to reach it.
LOWEST: Final = 15_000
HIGHEST: Final = 32_000
TRIES: Final = 200


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now.

    Another process may take it before the server does, so callers start again with another port when they fail.
    """
    # Not the shared generator: what seeds it must not lead two test processes to the same ports.
    chance = random.SystemRandom()
    for _ in range(TRIES):
        port = chance.randint(LOWEST, HIGHEST)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST} in {TRIES} tries")
