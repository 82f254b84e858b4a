"""The page about traces has every span and every attribute, and no other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_tasker import DuplicateTaskError
from tests.reliability.conftest import MakeLab
from tests.reliability.shapes import chain
from tests.telemetry.spans import Spans, attributes, traced_lab

PAGE = (Path(__file__).parents[2] / "docs" / "traces.md").read_text()
KINDS = ("create", "process", "step", "task")


@pytest.fixture
def spans(make_lab: MakeLab) -> Spans:
    """Those of a task that went well, of one that failed, and of one that was refused."""
    traced = traced_lab(make_lab)
    traced.lab.run(chain(), correlation_id="c-1")
    traced.lab.run(chain(), {"fail": {"two": "for now"}})
    request = chain().request()
    with traced.lab.app.app_context():
        traced.lab.tasker.create_task(request)
        with pytest.raises(DuplicateTaskError):
            traced.lab.tasker.create_task(request)
    return traced.spans


def test_the_table_of_spans_is_what_there_is(spans: Spans) -> None:
    rows = re.findall(r"^\| `(\w+) NAMESPACE/NAME( STEP)?` \| `(\w+)` \|", PAGE, re.MULTILINE)
    said = {(name, bool(step), kind) for name, step, kind in rows}
    found = {(span.name.split()[0], len(span.name.split()) == 3, span.kind.name) for span in spans.all}
    assert said == found
    assert {name for name, _, _ in said} == set(KINDS)


def test_the_table_of_attributes_is_what_they_say(spans: Spans) -> None:
    found: dict[str, set[str]] = {}
    for span in spans.all:
        for name in attributes(span):
            found.setdefault(name, set()).add(span.name.split()[0])
    assert documented() == found


def documented() -> Mapping[str, set[str]]:
    """By the name of an attribute, the spans that may have it."""
    rows = re.findall(
        r"^\| ((?:`[\w.]+`(?:, )?)+) \| ([\w, ]+) \|", PAGE.partition("## What they say")[2], re.MULTILINE
    )
    return {name: set(of.split(", ")) for names, of in rows for name in re.findall(r"`([\w.]+)`", names)}
