"""The commands where nothing is installed but what the package requires."""

from __future__ import annotations

import signal

import pytest

from tests.cli.desk import Desk
from tests.cli.shell import EXTRAS, Shell


@pytest.fixture
def bare(url: str) -> Shell:
    """A shell on each database, on a machine without any extra."""
    return Shell(url, missing=EXTRAS)


def test_a_task_is_run_and_shown_without_any_extra(bare: Shell, desk: Desk) -> None:
    done = bare.run("run", "shop/copy", "--wait", "--interval", "0.05")

    assert done.returncode == 0
    assert desk.get("/tasks")["tasks"][0]["status"] == "complete"
    shown = bare.run("show", done.stdout.strip())
    assert (shown.returncode, shown.stdout) == (0, desk.said("show", done.stdout.strip()))


@pytest.mark.parametrize("lasting_url", ["sqlite"], indirect=True)
def test_a_worker_runs_without_any_extra(bare: Shell) -> None:
    with bare.running("worker", "--threads", "1") as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("worker ") and line.endswith(" runs\n") for line in lines)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "has stopped\n" in said


@pytest.mark.parametrize("lasting_url", ["sqlite"], indirect=True)
def test_a_port_for_figures_that_are_not_kept_names_the_extra(bare: Shell) -> None:
    done = bare.run("worker", "--metrics-port", "9464")

    assert done.returncode == 1
    assert "pip install 'flask-tasker[prometheus]'" in done.stderr
