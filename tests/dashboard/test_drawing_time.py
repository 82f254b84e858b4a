"""The time line: spans out of a step's history, over an axis of round times."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.web.dashboard.drawing import Kind, Move, Progress, duration, spans_of, ticks, timeline


def told(*spans: tuple[str, int, float, float, str | None]) -> list[tuple[str, int, float, float, str | None]]:
    return list(spans)


def spans(step: Progress, *, now: float) -> list[tuple[str, int, float, float, str | None]]:
    return [(span.kind.value, span.attempt, span.start, span.end, span.outcome) for span in spans_of(step, now=now)]


CLAIMED = Move(source="pending", target="in_progress", attempt=1, at=3.0)
FAILED = Move(source="in_progress", target="error", attempt=1, at=5.0)
CLAIMED_AGAIN = Move(source="error", target="in_progress", attempt=2, at=9.0)
COMPLETED = Move(source="in_progress", target="complete", attempt=2, at=10.0)


def progress(*moves: Move, status: str, ready: float | None = 1.0, due: float | None = None) -> Progress:
    return Progress(name="charge", status=status, ready=ready, due=due, moves=moves)


def test_a_step_waits_runs_fails_waits_for_its_retry_and_completes() -> None:
    step = progress(CLAIMED, FAILED, CLAIMED_AGAIN, COMPLETED, status="complete")

    assert spans(step, now=60.0) == told(
        ("waiting", 1, 1.0, 3.0, "in_progress"),
        ("running", 1, 3.0, 5.0, "error"),
        ("between retries", 2, 5.0, 9.0, "in_progress"),
        ("running", 2, 9.0, 10.0, "complete"),
    )


def test_a_step_that_runs_has_run_until_now() -> None:
    assert spans(progress(CLAIMED, status="in_progress"), now=4.5)[-1] == ("running", 1, 3.0, 4.5, None)


def test_a_step_whose_parents_are_not_done_does_not_wait_yet() -> None:
    assert spans(progress(status="pending", ready=None), now=9.0) == []


def test_a_ready_step_waits_until_now() -> None:
    assert spans(progress(status="pending"), now=9.0) == told(("waiting", 1, 1.0, 9.0, None))


def test_a_step_waits_for_a_retry_that_is_due() -> None:
    step = progress(CLAIMED, FAILED, status="error", due=8.0)
    assert spans(step, now=7.0)[-1] == ("between retries", 2, 5.0, 7.0, None)


def test_a_step_that_failed_for_good_waits_for_nothing() -> None:
    assert spans(progress(CLAIMED, FAILED, status="error"), now=99.0)[-1] == ("running", 1, 3.0, 5.0, "error")


def test_a_step_that_is_tried_again_by_hand_begins_with_its_first_attempt() -> None:
    again = Move(source="error", target="pending", attempt=0, at=20.0)
    claimed = Move(source="pending", target="in_progress", attempt=1, at=21.0)

    assert spans(progress(CLAIMED, FAILED, again, claimed, status="in_progress"), now=22.0)[2:] == told(
        ("waiting", 1, 20.0, 21.0, "in_progress"), ("running", 1, 21.0, 22.0, None)
    )


def test_an_attempt_that_was_given_back_is_shown_as_the_attempt_it_was() -> None:
    given_back = Move(source="in_progress", target="pending", attempt=0, at=4.0)

    assert spans(progress(CLAIMED, given_back, status="pending"), now=6.0)[1:] == told(
        ("running", 1, 3.0, 4.0, "pending"), ("waiting", 1, 4.0, 6.0, None)
    )


def test_a_history_whose_beginning_is_missing_begins_where_it_is_known() -> None:
    step = progress(CLAIMED_AGAIN, COMPLETED, status="complete")
    assert spans(step, now=60.0) == told(("running", 2, 9.0, 10.0, "complete"))


def test_a_step_that_was_done_from_the_start_has_no_spans() -> None:
    assert spans(progress(status="skipped"), now=60.0) == []


@given(
    moves=st.lists(
        st.builds(
            Move,
            source=st.sampled_from(["pending", "in_progress", "error"]),
            target=st.sampled_from(["pending", "in_progress", "error", "complete", "cancelled"]),
            attempt=st.integers(0, 5),
            at=st.floats(-100, 1e9),
        ),
        max_size=8,
    ),
    status=st.sampled_from(["pending", "in_progress", "error", "complete"]),
    ready=st.none() | st.floats(-100, 1e9),
    now=st.floats(0, 1e9),
)
def test_spans_follow_each_other_whatever_the_clocks_said(
    moves: list[Move], status: str, ready: float | None, now: float
) -> None:
    found = spans_of(Progress(name="odd", status=status, ready=ready, due=1.0, moves=moves), now=now)

    assert all(span.seconds >= 0 for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(seconds=st.floats(0.001, 1e12))
def test_an_axis_has_a_few_round_ticks_that_are_written_differently(seconds: float) -> None:
    found = ticks(seconds)

    assert 2 <= len(found) <= 9
    assert found[0].at == 0
    assert found[-1].at <= seconds * (1 + 1e-6)
    assert len({tick.label for tick in found}) == len(found)


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (4.2, ["0", "1 s", "2 s", "3 s", "4 s"]),
        (0.7, ["0", "100 ms", "200 ms", "300 ms", "400 ms", "500 ms", "600 ms", "700 ms"]),
        (200.0, ["0", "30 s", "1 min", "1 min 30 s", "2 min", "2 min 30 s", "3 min"]),
        (3 * 86_400.0, ["0", "12 h", "1 d", "1 d 12 h", "2 d", "2 d 12 h", "3 d"]),
    ],
)
def test_ticks_are_at_times_that_people_count_in(seconds: float, labels: list[str]) -> None:
    assert [tick.label for tick in ticks(seconds)] == labels


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0"), (0.25, "250 ms"), (59.94, "59.9 s"), (90, "1 min 30 s"), (90_061, "1 d 1 h")]
)
def test_a_length_of_time_is_told_in_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_time_line_has_a_line_for_each_step_and_its_bars_within_the_picture() -> None:
    steps = [progress(CLAIMED, FAILED, CLAIMED_AGAIN, COMPLETED, status="complete"), progress(status="pending")]

    drawn = timeline(steps, now=12.0)

    assert [line.title for line in drawn.lines] == ["charge", "charge"]
    assert [span.kind for span in drawn.lines[0].spans] == [Kind.WAITING, Kind.RUNNING, Kind.RETRYING, Kind.RUNNING]
    assert [bar.title for bar in drawn.lines[0].bars] == [
        "charge, attempt 1: running 2 s, until error",
        "charge, attempt 2: running 1 s, until complete",
    ]
    assert [bar.end_mark for bar in drawn.lines[0].bars] == ["error", None]
    assert drawn.lines[0].retrying.count("M") == 1
    assert drawn.lines[1].waiting.count("M") == 1
    assert drawn.lines[1].bars == []
    assert all(bar.x > 0 and bar.x + bar.width <= drawn.width for line in drawn.lines for bar in line.bars)
    assert len(drawn.tick_places) == len(drawn.ticks)


def test_a_time_line_of_nothing_is_empty() -> None:
    assert timeline([], now=5.0).lines == []
