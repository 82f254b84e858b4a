"""A pytest plugin that runs the Python snippets of the README and the guide.

    python -m pytest -p tests.docs.snippets README.md docs

A page is read as one program: what one snippet defines, the next one has. Each page starts in an empty directory with a
fresh handler registry, so that pages cannot lean on each other. `<!--- skip: next -->` above a snippet leaves it out.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from typing import Any

from flask.globals import app_ctx
from sybil import Sybil
from sybil.parsers.markdown import ClearNamespaceParser, PythonCodeBlockParser, SkipParser

from flask_tasker.testing import isolated_handlers

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "docs/*.md", "docs/**/*.md"]


def open_page(namespace: dict[str, Any]) -> None:
    """Give the page a directory and a registry of its own."""
    surroundings = ExitStack()
    surroundings.enter_context(own_root_logger())
    surroundings.enter_context(chdir(surroundings.enter_context(tempfile.TemporaryDirectory(prefix="tasker-docs-"))))
    surroundings.enter_context(isolated_handlers())
    namespace["__name__"] = "page"
    namespace["_surroundings"] = surroundings


def close_page(namespace: dict[str, Any]) -> None:
    """Take both away again, and the app contexts that the page has pushed as in a shell."""
    while app_ctx:
        app_ctx.pop()
    surroundings: ExitStack = namespace.pop("_surroundings")
    surroundings.close()


@contextmanager
def own_root_logger() -> Iterator[None]:
    """Let a page set up logging: the handlers that it leaves on the root logger are closed and taken off."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.setLevel(level)
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser(), ClearNamespaceParser()],
    path=os.fspath(ROOT),
    patterns=PAGES,
    setup=open_page,
    teardown=close_page,
).pytest()
