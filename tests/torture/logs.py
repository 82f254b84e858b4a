"""What the processes say: kept only where it is needed."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def logs_kept_on_failure(say: Callable[[str], None]) -> Iterator[Path]:
    """A directory for the logs, this process's among them; where something goes wrong, it stays and is named."""
    home = Path(tempfile.mkdtemp(prefix="tasker-torture-"))
    handler = logging.FileHandler(home / "this-process.log")
    logging.getLogger().addHandler(handler)
    try:
        yield home
    except BaseException:
        say(f"the logs of all processes are in {home}")
        raise
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    shutil.rmtree(home, ignore_errors=True)
