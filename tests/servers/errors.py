"""What a test server says when it does not start."""

from pathlib import Path

LOG_CHARACTERS = 4000


class ServerDidNotStart(Exception):
    """A service that the tests need is missing. The tests fail; they are never skipped for it."""

    def __init__(self, name: str, log: Path, variable: str) -> None:
        tail = log.read_text(errors="replace")[-LOG_CHARACTERS:] if log.exists() else "(no log was written)"
        super().__init__(f"{name} did not start; {variable} can name a server to use instead. Its log ends:\n{tail}")
