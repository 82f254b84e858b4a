"""Random graphs of steps, each with its way to behave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from hypothesis import strategies as st

from flask_tasker import Backoff, PermanentError, RetryableError, StepRun, StepTemplate

Parents = dict[str, list[str]]

LARGEST: Final = 30
WIDEST_JOIN: Final = 34
"""More parents than the store looks at from the child's side (``store.children.FEW_PARENTS``)."""


class Failing(StrEnum):
    """How a step fails, if it does."""

    PLAINLY = "plainly"
    PERMANENTLY = "permanently"
    ASKING_TO_WAIT = "asking to wait"


@dataclass(frozen=True)
class Behaviour:
    """How a step behaves: its first ``failures`` attempts fail."""

    failures: int
    failing: Failing
    wait: float
    limit: int
    retryable: bool
    skippable: bool
    transactional: bool


Graph = dict[str, tuple[list[str], Behaviour]]

behaviours: Final = st.builds(
    Behaviour,
    failures=st.sampled_from([0, 0, 0, 1, 2, 99]),
    failing=st.sampled_from(Failing),
    wait=st.sampled_from([0.0, 20.0]),
    limit=st.integers(1, 3),
    retryable=st.sampled_from([True, True, True, False]),
    skippable=st.booleans(),
    transactional=st.booleans(),
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Steps with their parents and behaviours; a few behaviours are shared out among many steps."""
    parents = draw(st.one_of(_random(), _chains(), _layers()))
    few = draw(st.lists(behaviours, min_size=1, max_size=4))
    return {name: (listed, few[place % len(few)]) for place, (name, listed) in enumerate(parents.items())}


def templates(graph: Graph, *, ledger: sa.Table, called: Callable[[int], None]) -> list[StepTemplate]:
    """The graph as a handler's list of templates."""
    return [
        StepTemplate(
            name=name,
            depends_on_steps=parents,
            default_retry_limit=behaviour.limit,
            default_retryable=behaviour.retryable,
            skippable=behaviour.skippable,
            transactional=behaviour.transactional,
            # No jitter: chance is Hypothesis's alone.
            backoff=Backoff(base=timedelta(seconds=behaviour.wait), jitter=0),
            call=_call(behaviour, parents, ledger, called),
        )
        for name, (parents, behaviour) in graph.items()
    ]


def _call(
    behaviour: Behaviour, parents: list[str], ledger: sa.Table, called: Callable[[int], None]
) -> Callable[[Any, StepRun[Any]], Any]:
    def call(_handler: Any, run: StepRun[Any]) -> Any:
        called(run.step_id)
        if behaviour.transactional:
            run.session.execute(ledger.insert().values(step_id=run.step_id))
        if run.attempt <= behaviour.failures:
            raise _failure(behaviour)
        return {"attempt": run.attempt, "parents": [run.result(parent) is not None for parent in parents]}

    return call


def _failure(behaviour: Behaviour) -> Exception:
    if behaviour.failing is Failing.PERMANENTLY:
        return PermanentError("no")
    if behaviour.failing is Failing.ASKING_TO_WAIT:
        return RetryableError("later", retry_after=behaviour.wait)
    return ValueError("not now")


def _sizes(least: int, most: int) -> st.SearchStrategy[int]:
    """Mostly small: what goes wrong goes wrong among few steps as well, and more histories can be told of them."""
    small = st.integers(least, 4)
    return st.one_of(small, small, small, st.integers(5, most))


def _names(size: int) -> list[str]:
    return [f"s{number}" for number in range(size)]


@st.composite
def _random(draw: st.DrawFn) -> Parents:
    names = _names(draw(_sizes(1, LARGEST)))
    return {
        name: draw(st.lists(st.sampled_from(names[:place]), unique=True, max_size=4)) if place else []
        for place, name in enumerate(names)
    }


@st.composite
def _chains(draw: st.DrawFn) -> Parents:
    names = _names(draw(_sizes(1, LARGEST)))
    return {name: names[place - 1 : place] if place else [] for place, name in enumerate(names)}


@st.composite
def _layers(draw: st.DrawFn) -> Parents:
    """Each step of a layer waits for all of the layer before: joins, one after another, or a single wide one."""
    narrow = st.lists(st.integers(1, 3), min_size=2, max_size=4)
    widths = draw(st.one_of(narrow, narrow, narrow, st.just([WIDEST_JOIN, 1])))
    parents: Parents = {}
    before: list[str] = []
    for layer, width in enumerate(widths):
        names = [f"s{layer}-{number}" for number in range(width)]
        parents |= dict.fromkeys(names, before)
        before = names
    return parents
