"""The type checkers, run as a user runs them, and what they say of each line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
EXPECTED = re.compile(r"# E: \[([a-z-]+)\]")
MYPY_ERROR = re.compile(r"^(.+?):(\d+): error: .*\[([a-z-]+)\]$")

Line = tuple[str, int]
"""A file's name and the number of a line."""


def samples(folder: str) -> list[Path]:
    """The files of ``folder``."""
    return sorted(path for path in (HERE / folder).glob("*.py") if path.name != "__init__.py")


def expected(paths: Iterable[Path]) -> dict[Line, str]:
    """The lines that say which error they are, with mypy's code for it."""
    return {
        (path.name, number): found.group(1)
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (found := EXPECTED.search(line))
    }


def mypy_errors(paths: Iterable[Path]) -> dict[Line, set[str]]:
    """What ``mypy --strict`` says: the codes of the errors on each line that has some."""
    names = [str(path) for path in paths]
    output, trouble, _status = api.run(["--config-file", str(ROOT / "pyproject.toml"), "--strict", *names])
    if trouble:
        raise RuntimeError(trouble)
    found = filter(None, map(MYPY_ERROR.match, output.splitlines()))
    return _gathered((Path(each.group(1)).name, int(each.group(2)), each.group(3)) for each in found)


def pyright_errors(paths: Iterable[Path]) -> dict[Line, set[str]]:
    """What pyright says: the rules of the errors on each line that has some."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    result = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, cwd=ROOT, check=False)
    found = [each for each in json.loads(result.stdout)["generalDiagnostics"] if each["severity"] == "error"]
    return _gathered(
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1, each.get("rule", "")) for each in found
    )


def _gathered(errors: Iterable[tuple[str, int, str]]) -> dict[Line, set[str]]:
    by_line: dict[Line, set[str]] = {}
    for name, number, code in errors:
        by_line.setdefault((name, number), set()).add(code)
    return by_line
