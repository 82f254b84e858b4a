"""The diagrams of the docs are drawn from the transition tables."""

from __future__ import annotations

from flask_tasker.lifecycle import STEP_TRANSITIONS, TASK_TRANSITIONS
from flask_tasker.lifecycle.diagram import mermaid


def test_every_transition_is_in_the_diagram() -> None:
    for table in (STEP_TRANSITIONS, TASK_TRANSITIONS):
        arrows = {tuple(line.strip().split(": ", 1)) for line in mermaid(table).splitlines() if ": " in line}
        drawn = {(ends, event) for ends, events in arrows for event in events.split(", ")}
        assert drawn == {(f"{each.source} --> {each.target}", str(each.event)) for each in table}


def test_the_diagram_begins_at_pending() -> None:
    assert mermaid(STEP_TRANSITIONS).splitlines()[:2] == ["stateDiagram-v2", "    [*] --> pending"]
