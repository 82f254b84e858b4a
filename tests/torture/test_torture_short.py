"""Short campaigns: the suite works, and says what it counted. `make torture` runs long ones."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 15
SECONDS_AT_MOST = 900


@pytest.mark.slow
@pytest.mark.timeout(SECONDS_AT_MOST)
@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_promise_is_kept_while_processes_are_killed(database: str, tmp_path: Path) -> None:
    report = tmp_path / "torture.md"
    options = ["--seconds", str(SECONDS), "--seed", "1", "--database", database, "--report", str(report)]
    campaign = subprocess.run(
        [sys.executable, "-m", "tests.torture", *options],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert campaign.returncode == 0, campaign.stdout + campaign.stderr
    assert "every promise kept" in campaign.stdout
    assert "| faults | 0 |" in report.read_text()
