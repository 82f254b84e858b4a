"""The page about metrics has every figure; the dashboard for Grafana asks for no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flask_tasker.telemetry.metrics.receivers import FAILED_ATTEMPTS, STEP_OUTCOMES, TASK_OUTCOMES
from tests.docs.figures import figures

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "metrics.md").read_text()


def rows() -> dict[str, str]:
    return dict(re.findall(r"^\| `(tasker_\w+)` \|[^|]*\| (.+) \|$", PAGE, re.MULTILINE))


def test_the_tables_have_every_figure_and_what_it_is() -> None:
    assert rows() == figures()


def test_the_page_names_every_outcome() -> None:
    outcomes = {*TASK_OUTCOMES.values(), *STEP_OUTCOMES.values(), *FAILED_ATTEMPTS.values(), "retry"}
    assert [name for name in outcomes if f"`{name}`" not in PAGE] == []


def test_the_dashboard_asks_for_figures_that_there_are() -> None:
    dashboard = json.loads((DOCS / "grafana.json").read_text())
    asked_for = {
        re.sub(r"_bucket$", "", name)
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"tasker_\w+", target["expr"])
    }
    assert asked_for - set(rows()) == set()
    assert len(asked_for) >= 13
