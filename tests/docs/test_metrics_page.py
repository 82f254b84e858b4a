"""The page about metrics has every figure; the dashboard for Grafana asks for no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from prometheus_client import Metric

from flask_tasker.store.health import Counts, Overview
from flask_tasker.telemetry.metrics.families import Families
from flask_tasker.telemetry.metrics.open_work import OpenWork
from flask_tasker.telemetry.metrics.receivers import STEP_OUTCOMES, TASK_OUTCOMES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "metrics.md").read_text()
NOTHING = Overview(
    tasks=Counts(open={}, ended={}), steps=Counts(open={}, ended={}), oldest_ready_seconds=None, workers=()
)


def counted() -> list[Metric]:
    return list(Families().registry.collect())


def asked() -> list[Metric]:
    return list(OpenWork(lambda: NOTHING).collect())


def rows() -> dict[str, str]:
    return dict(re.findall(r"^\| `(tasker_\w+)` \|[^|]*\| (.+) \|$", PAGE, re.MULTILINE))


def test_the_tables_have_every_figure_and_what_it_is() -> None:
    wanted = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name: metric.documentation
        for metric in [*counted(), *asked()]
    }
    assert rows() == wanted


def test_the_page_names_every_outcome() -> None:
    assert [
        name for name in {*TASK_OUTCOMES.values(), *STEP_OUTCOMES.values(), "retry"} if f"`{name}`" not in PAGE
    ] == []


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
