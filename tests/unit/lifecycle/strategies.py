"""Random graphs, states and outcomes for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from flask_tasker.lifecycle import Attempt, Completed, Failed, GivenBack, StepStatus

Parents = dict[str, list[str]]
statuses = st.sampled_from(list(StepStatus))
waits = st.none() | st.floats(min_value=0, max_value=1e6)
failures = st.builds(Failed, error=st.text(min_size=1), trace=st.text(), retry_in=waits, backoff_request=waits)
outcomes = st.builds(Completed, results=st.none() | st.integers()) | failures | st.builds(GivenBack, reason=st.text())
attempts = st.builds(Attempt, number=st.integers(1, 10), limit=st.integers(1, 10), retryable=st.booleans())


@st.composite
def graphs(draw: st.DrawFn, *, largest: int = 12) -> Parents:
    """Graphs without cycles: a step's parents are among those declared before it."""
    names = [f"s{number}" for number in range(draw(st.integers(1, largest)))]
    return {
        name: draw(st.lists(st.sampled_from(names[:place]), unique=True, max_size=4)) if place else []
        for place, name in enumerate(names)
    }
