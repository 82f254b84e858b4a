"""The state diagrams in the documentation are those of the transition tables."""

from pathlib import Path

import pytest

from flask_tasker.lifecycle import STEP_TRANSITIONS, TASK_TRANSITIONS, Transition
from flask_tasker.lifecycle.diagram import mermaid

PAGE = Path(__file__).parents[2] / "docs" / "life-of-a-step.md"


@pytest.mark.parametrize("transitions", [STEP_TRANSITIONS, TASK_TRANSITIONS], ids=["steps", "tasks"])
def test_the_documented_diagram_is_drawn_from_the_table(transitions: tuple[Transition, ...]) -> None:
    assert f"```mermaid\n{mermaid(transitions)}\n```" in PAGE.read_text()
