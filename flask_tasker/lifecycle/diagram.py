"""The state diagrams of the docs, drawn from the transition tables: ``python -m flask_tasker.lifecycle.diagram``."""

from __future__ import annotations

from collections.abc import Sequence

from .transitions import STEP_TRANSITIONS, TASK_TRANSITIONS, Transition


def mermaid(transitions: Sequence[Transition]) -> str:
    """A Mermaid state diagram of ``transitions``; events with the same ends share an arrow."""
    events: dict[tuple[str, str], list[str]] = {}
    for event, source, target in transitions:
        events.setdefault((str(source), str(target)), []).append(str(event))
    arrows = [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in events.items()]
    return "\n".join(["stateDiagram-v2", "    [*] --> pending", *arrows])


if __name__ == "__main__":
    print(mermaid(STEP_TRANSITIONS))
    print()
    print(mermaid(TASK_TRANSITIONS))
