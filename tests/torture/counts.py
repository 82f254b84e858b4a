"""What came of it, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from tests.torture.records import Everything


def counts_of(everything: Everything) -> Mapping[str, int]:
    """How much there was of what."""
    steps = [step for task in everything.tasks for step in task.steps.values()]
    ends = list(chain.from_iterable(step.ends for step in steps))
    complete = [step for step in steps if step.status == "complete"]
    return {
        "tasks complete": sum(task.status == "complete" for task in everything.tasks),
        "tasks in error, as designed": sum(task.status == "error" for task in everything.tasks),
        "steps": len(steps),
        "steps completed, each once": len(complete),
        "attempts counted": sum(step.attempts for step in steps),
        "attempts whose lease ended": sum("went silent" in (end.error or "") for end in ends),
        "claims given back uncounted": sum(step.given_back for step in steps),
        "ledger rows, one for each complete transactional step": sum(len(step.ledger) for step in steps),
        "side effects elsewhere": sum(len(step.effects) for step in steps),
        "side effects of attempts that did not count in the end": sum(
            len([attempt for attempt in step.effects if attempt != step.attempts]) for step in complete
        ),
        "rows of history": sum(len(step.history) for step in steps) + sum(len(t.history) for t in everything.tasks),
    }
