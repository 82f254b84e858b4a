"""One run of Schemathesis against one app, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from flask_tasker.web.api.calls import CALLS
from tests.fuzz.hooks import URL
from tests.fuzz.serving import filled_app, served

ROOT: Final = Path(__file__).parents[2]
CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
SERVER_FAULT: Final = 500


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of a run: what Schemathesis said, and how often each call gave each status."""

    passed: bool
    report: str
    counts: Mapping[tuple[str, int], int]

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.counts.values())

    @property
    def server_faults(self) -> dict[tuple[str, int], int]:
        """Answers of 500 and above."""
        return {key: count for key, count in self.counts.items() if key[1] >= SERVER_FAULT}

    @property
    def never_succeeded(self) -> set[str]:
        """The calls that have never done what they were asked."""
        succeeded = {name for name, status in self.counts if status < 400}
        return {f"tasker.{call.name}" for call in CALLS} - succeeded


def attack(database_url: str, *, examples: int, seed: int) -> Verdict:
    """Fill an empty database, serve it, and let Schemathesis send ``examples`` requests or so to each call and more."""
    with TemporaryDirectory() as folder, filled_app(database_url) as (app, answers), served(app) as url:
        arguments = ["run", f"{url}/tasker/openapi.json", "-n", str(examples), "--seed", str(seed)]
        run = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), *arguments],
            cwd=folder,  # it leaves files behind
            env={**os.environ, URL: f"{url}/tasker", "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Verdict(passed=run.returncode == 0, report=run.stdout, counts=dict(answers.counts))
