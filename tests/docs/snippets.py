"""A pytest plugin that runs the snippets of the README and the site's pages.

    python -m pytest -p tests.docs.snippets README.md docs

A page is read as one program: what one snippet defines, the next one has. Each page starts in an empty directory with a
fresh handler registry, so that pages cannot lean on each other. `<!--- skip: next -->` above a snippet leaves it out.

| fence | what becomes of it |
|---|---|
| `python` | it is run, in the page's process |
| `python title="shop.py"`, or another language | it is written to that file |
| `sh` | the shell runs it; it fails where a command does |
| `sh title="A terminal of its own"` | it is a server: it is started, and lives as long as the page |
| `output` | its lines are among those that the commands before it wrote, in this order |

Whatever is indented instead of fenced is not run.
"""

import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from typing import Any

from flask.globals import app_ctx
from sybil import Document, Example, Region, Sybil
from sybil.parsers.abstract.lexers import LexerCollection
from sybil.parsers.markdown import ClearNamespaceParser, CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from flask_tasker.testing import isolated_handlers
from tests.docs.shell import Shell

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "docs/*.md", "docs/**/*.md"]
FILE = re.compile(r'\w+ title="(?P<path>[\w./-]+)"$\n', re.MULTILINE)
SERVER = re.compile(r'sh title="A terminal of its own"$\n', re.MULTILINE)


def open_page(namespace: dict[str, Any]) -> None:
    """Give the page a directory and a registry of its own."""
    surroundings = ExitStack()
    surroundings.enter_context(own_root_logger())
    surroundings.enter_context(chdir(surroundings.enter_context(tempfile.TemporaryDirectory(prefix="tasker-docs-"))))
    surroundings.enter_context(isolated_handlers())
    namespace["__name__"] = "page"
    namespace["_surroundings"] = surroundings
    namespace["_shell"] = Shell()
    surroundings.callback(namespace["_shell"].close)


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


def write_file(example: Example) -> None:
    """Write what the page shows as a file."""
    example.namespace["_shell"].write(example.region.lexemes["path"], example.parsed)


def run_commands(example: Example) -> None:
    """Run what the page shows as commands."""
    example.namespace["_shell"].run(example.parsed)


def start_server(example: Example) -> None:
    """Start what the page shows as a server."""
    example.namespace["_shell"].serve(example.parsed.strip())


def compare_output(example: Example) -> None:
    """Find each line that the page shows in what the commands wrote."""
    said: str = example.namespace["_shell"].said
    lines = iter(line.strip() for line in said.splitlines())
    missing = [line for line in example.parsed.splitlines() if line.strip() and line.strip() not in lines]
    assert not missing, f"not said, or not in this order: {missing}\nsaid was:\n{said}"


def fences(info: re.Pattern[str], evaluator: Callable[[Example], None]) -> Callable[[Document], Iterable[Region]]:
    """A parser of the fences whose first line is like ``info``."""
    lexers = LexerCollection([RawFencedCodeBlockLexer(info)])

    def parse(document: Document) -> Iterator[Region]:
        for region in lexers(document):
            region.parsed, region.evaluator = region.lexemes["source"], evaluator
            yield region

    return parse


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(),
        fences(FILE, write_file),
        fences(SERVER, start_server),
        CodeBlockParser("sh", run_commands),
        CodeBlockParser("output", compare_output),
        SkipParser(),
        ClearNamespaceParser(),
    ],
    path=os.fspath(ROOT),
    patterns=PAGES,
    setup=open_page,
    teardown=close_page,
).pytest()
