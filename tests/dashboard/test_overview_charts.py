"""What is drawn of what was completed and what failed, and how much of long lists is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.store.figures import (
    AttemptKind,
    Attempts,
    Bucket,
    Crew,
    Figures,
    KindCount,
    ReadySteps,
    RunningStep,
    TaskCounts,
    Throughput,
    WaitingStep,
    WorkerAtWork,
)
from flask_tasker.web.dashboard.overview_page.asked import Asked
from flask_tasker.web.dashboard.overview_page.charts import HEIGHT, SMALLEST, STRIDE, chart_of
from flask_tasker.web.dashboard.overview_page.view import KINDS, RUNNING, SLOWEST, WORKERS, shown
from flask_tasker.web.dashboard.rendering import html
from tests.dashboard.apps import app_with
from tests.dashboard.overview_reading import words

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
COPY = ("shop", "copy", "1.10")
NUMBERS = st.one_of(st.just(0), st.integers(0, 10), st.integers(0, 10**9))


def buckets(*numbers: tuple[int, int]) -> list[Bucket]:
    """Spans of an hour, the earliest first, with so many that were completed and that failed."""
    count = len(numbers)
    return [
        Bucket(
            begins=NOW - timedelta(hours=count - place),
            ends=NOW - timedelta(hours=count - place - 1),
            complete=complete,
            failed=failed,
        )
        for place, (complete, failed) in enumerate(numbers)
    ]


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=24))
def test_whatever_happened_is_drawn_within_the_picture_and_can_be_seen(numbers: list[tuple[int, int]]) -> None:
    chart = chart_of(buckets(*numbers))
    assert len(chart.columns) == len(numbers)
    for column, (complete, failed) in zip(chart.columns, numbers, strict=True):
        assert [rect.kind for rect in column.rects] == ["complete"] * (complete > 0) + ["error"] * (failed > 0)
        for rect in column.rects:
            assert rect.height >= SMALLEST
            assert 0 <= rect.y <= rect.y + rect.height <= HEIGHT + 0.02
            assert column.x <= rect.x <= rect.x + rect.width <= column.x + STRIDE
            on_the_line = rect.y + rect.height if rect.kind == "complete" else rect.y
            assert on_the_line == pytest.approx(chart.base, abs=0.02)


def test_what_was_completed_goes_up_and_what_failed_goes_down_to_one_scale() -> None:
    chart = chart_of(buckets((30, 0), (15, 10), (0, 5)))
    assert (chart.width, chart.base, chart.most) == (30, 75, 30)
    heights = [[(rect.kind, rect.height) for rect in column.rects] for column in chart.columns]
    assert heights == [[("complete", 75)], [("complete", 37.5), ("error", 25)], [("error", 12.5)]]


def test_nothing_is_an_empty_picture() -> None:
    chart = chart_of(buckets((0, 0), (0, 0)))
    assert (chart.base, chart.most) == (HEIGHT, 0)
    assert [column.rects for column in chart.columns] == [[], []]


def attempts(number: int, median: float | None) -> AttemptKind:
    return AttemptKind(
        kind=COPY,
        step_name=f"step {number}",
        system="shop",
        attempts=1,
        failed=0,
        median_seconds=median,
        longest_seconds=median,
        last_failure=None,
    )


def running(number: int) -> RunningStep:
    return RunningStep(step_id=number, task_id=number, name="one", kind=COPY, attempt=1, since=NOW)


def worker(number: int, steps: int = 0) -> WorkerAtWork:
    return WorkerAtWork(
        name=f"worker {number}",
        threads=4,
        started_at=NOW,
        last_seen=NOW,
        living=number % 2 == 0,
        steps=[running(place) for place in range(steps)],
    )


def figures() -> Figures:
    """Nothing at all."""
    nothing = Throughput(hour=buckets((0, 0)), day=buckets((0, 0), (0, 0)), limit=9, since=None)
    return Figures(
        now=NOW,
        tasks=TaskCounts(kinds=[], by_status={}, at_least=frozenset(), limit=9),
        tasks_ended=nothing,
        attempts_ended=nothing,
        attempts=Attempts(kinds=[], limit=9, since=None),
        systems=[],
        ready=ReadySteps(number=0, oldest=None, limit=9, at_limit=False),
        crew=Crew(workers=[], others=[], held_limit=9, at_limit=False),
    )


def test_the_slowest_steps_are_measured_by_the_slowest_of_all() -> None:
    kinds = [attempts(number, 80 / 2**number) for number in range(SLOWEST + 1)]
    found = shown(replace(figures(), attempts=Attempts(kinds=[*kinds, attempts(99, None)], limit=9, since=None)))
    assert [slow.share for slow in found["slowest"]][:4] == [100, 50, 25, 12.5]
    assert len(found["slowest"]) == SLOWEST
    assert (found["slowest"][0].median, found["slowest"][1].longest) == ("1 min 20 s", "40 s")


@pytest.mark.parametrize("median", [0.0, None])
def test_steps_that_took_no_time_or_an_unknown_one_are_no_fault(median: float | None) -> None:
    found = shown(replace(figures(), attempts=Attempts(kinds=[attempts(1, median)], limit=9, since=None)))
    assert [slow.share for slow in found["slowest"]] == ([] if median is None else [0])


def test_of_long_lists_it_is_said_how_much_more_there_is() -> None:
    kinds = [KindCount(kind=("shop", str(number), "1"), by_status={"complete": 1}) for number in range(KINDS + 3)]
    workers = [worker(number, steps=RUNNING + 2 if number == 0 else 0) for number in range(WORKERS + 5)]
    crowded = replace(
        figures(),
        tasks=TaskCounts(kinds=kinds, by_status={}, at_least=frozenset(), limit=9),
        crew=Crew(workers=workers, others=[running(1)], held_limit=9, at_limit=False),
    )
    found = shown(crowded)
    assert (len(found["kinds"]), found["more_kinds"]) == (KINDS, 3)
    assert (len(found["crew"]), found["more_workers"]) == (WORKERS + 1, 5)
    assert (len(found["crew"][0].steps), found["crew"][0].more) == (RUNNING, 2)
    assert found["crew"][-1].worker is None
    assert found["living"] == (WORKERS + 5 + 1) // 2


def test_a_chart_says_how_far_it_reaches_back_where_that_is_not_all_of_it() -> None:
    cut = replace(figures().tasks_ended, since=NOW - timedelta(minutes=90))
    found = shown(replace(figures(), tasks_ended=cut))
    assert [panel.since for panel in found["panels"]] == [None, NOW - timedelta(minutes=90), None, None]


@pytest.mark.parametrize("sees_all", [True, False])
def test_how_fast_others_work_is_told_to_who_may_see_their_tasks(sees_all: bool) -> None:
    since = NOW - timedelta(minutes=1)
    attempts_of_a_minute = replace(figures().attempts, since=since)
    ended = replace(figures().tasks_ended, since=since)
    found = shown(replace(figures(), attempts=attempts_of_a_minute, tasks_ended=ended), sees_all=sees_all)

    text = rendered(found)

    assert ("this reaches back to 2026-03-04 11:59:00" in text) == sees_all
    assert ("which reach back to 2026-03-04 11:59:00" in text) == sees_all
    assert ("Not all of the time is counted." in text) == (not sees_all)
    assert ("Not all of the day is counted." in text) == (not sees_all)


@pytest.mark.parametrize("at_limit", [True, False])
def test_who_has_nothing_among_the_steps_that_were_looked_at_is_told_so(at_limit: bool) -> None:
    ready = ReadySteps(number=0, oldest=None, limit=10_000, at_limit=at_limit)
    crew = Crew(workers=[], others=[], held_limit=2_000, at_limit=at_limit)

    text = rendered(shown(replace(figures(), ready=ready, crew=crew), sees_all=False, sees_workers=False))

    assert ("Among the 10,000 that have waited longest, none is yours." in text) == at_limit
    assert ("Of the 2,000 that were looked at, none is yours." in text) == at_limit
    assert ("No step waits." in text) == (not at_limit)
    assert ("No step runs." in text) == (not at_limit)


def test_a_number_up_to_which_steps_are_looked_at_is_a_least_number() -> None:
    oldest = WaitingStep(step_id=1, task_id=1, name="one", kind=COPY, due_at=NOW)
    ready = ReadySteps(number=7, oldest=oldest, limit=10, at_limit=True)
    crew = Crew(workers=[worker(1)], others=[], held_limit=2_000, at_limit=True)

    text = rendered(shown(replace(figures(), ready=ready, crew=crew)))

    assert "7+ steps wait" in text
    assert "2,000 running steps are looked at; there may be more." in text


def rendered(found: dict[str, Any]) -> str:
    """What the overview says, as text."""
    with app_with() as app, app.test_request_context("/tasker/ui/"):
        return words(
            html("overview/figures.html", asked=Asked(as_tables=False, live=False), **found).get_data(as_text=True)
        )
