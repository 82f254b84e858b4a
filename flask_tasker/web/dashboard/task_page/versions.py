"""What a stream says of a task: which version it stands at, each time that this is another one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

LOOK_SECONDS: Final = 1.0
"""Between two looks. Each writes something, by which it is noticed when nobody listens any more."""
MOST_SECONDS: Final = 20.0
"""How long one stream lasts: by then gunicorn would soon take a sync worker for dead, and access is asked for again."""
AGAIN_MILLISECONDS: Final = 1_000
"""After which a browser comes again."""

_never: Final = threading.Event()


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the page: its ETag, and whether another one can follow."""

    tag: str
    is_final: bool


def versions(
    look: Callable[[], Version | None],
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], Any] = _never.wait,
) -> Iterator[bytes]:
    """A stream of server-sent events, until the task is finished or gone (``look`` gives ``None``), or its time is up.

    It has no content, which is asked for as ever: so there is one place where it is written, and decided who sees it.
    """
    ends, told = clock() + MOST_SECONDS, ""
    yield b"retry: %d\n\n" % AGAIN_MILLISECONDS
    while version := look():
        yield b":\n\n" if version.tag == told else f"event: version\ndata: {version.tag}\n\n".encode()
        told = version.tag
        if version.is_final or clock() >= ends:
            return
        wait(LOOK_SECONDS)
