"""What operators type: ``flask tasker cancel | retry | skip | resolve | why | purge``."""

from __future__ import annotations

import getpass

import pytest
from click.testing import Result

from flask_tasker.cli import tasker, upkeep
from flask_tasker.engine import Purged, create_task_once
from tests.reliability.lab import Lab
from tests.reliability.shapes import chain, failing


def flask_tasker(lab: Lab, *words: str) -> Result:
    """Run a command."""
    return lab.app.test_cli_runner().invoke(tasker, words)


def said(lab: Lab, *words: str) -> str:
    """What a command that succeeds says."""
    result = flask_tasker(lab, *words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(lab: Lab, *words: str) -> str:
    """What a command that fails says: one line, no traceback."""
    result = flask_tasker(lab, *words)
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


@pytest.fixture
def failed(lab: Lab) -> Lab:
    """A lab whose task 1 has failed in its first step."""
    lab.run(chain(), failing(one="for good"))
    return lab


def test_a_task_is_cancelled(failed: Lab) -> None:
    assert said(failed, "cancel", "1", "--actor", "ann", "--reason", "a duplicate") == "task 1 is cancelled\n"
    assert (failed.task(1).history[-1].actor, failed.task(1).history[-1].reason) == ("ann", "a duplicate")


def test_who_does_it_is_who_is_logged_in(failed: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    said(failed, "cancel", "1")

    assert failed.task(1).history[-1].actor == "cli:ann"


def test_where_the_system_has_no_name_for_the_user_the_command_works_all_the_same(
    failed: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container runs under any number."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(getpass, "getuser", nobody)
    said(failed, "cancel", "1")

    assert failed.task(1).history[-1].actor == "cli"


@pytest.mark.parametrize(
    ("words", "answer", "status"),
    [
        (["cancel", "1", "one"], "step one of task 1 is cancelled\n", "cancelled"),
        (["skip", "1", "one"], "step one of task 1 is skipped\n", "skipped"),
        (["retry", "1", "one"], "step one of task 1 is pending\n", "pending"),
        (["resolve", "1", "one"], "step one of task 1 is resolved_manually\n", "resolved_manually"),
    ],
)
def test_a_step_is_steered(failed: Lab, words: list[str], answer: str, status: str) -> None:
    assert said(failed, *words) == answer
    assert failed.task(1)["one"].status == status


def test_a_task_is_tried_again(failed: Lab) -> None:
    assert said(failed, "retry", "1") == "task 1 is in_progress\n"


def test_a_task_is_resolved_by_hand(failed: Lab) -> None:
    assert said(failed, "resolve", "1") == "task 1 is resolved_manually\n"


def test_a_step_is_given_its_results(failed: Lab) -> None:
    said(failed, "resolve", "1", "one", "--results", '{"cents": 5}')

    assert failed.task(1)["one"].results == {"cents": 5}


def test_results_that_are_no_json_are_refused(failed: Lab) -> None:
    before = failed.task(1)

    assert "--results" in refused(failed, "resolve", "1", "one", "--results", "five cents")
    assert failed.task(1) == before


def test_results_for_a_whole_task_are_refused(failed: Lab) -> None:
    before = failed.task(1)

    assert "--results" in refused(failed, "resolve", "1", "--results", "5")
    assert failed.task(1) == before


def test_what_the_state_does_not_allow_is_refused_in_one_line(failed: Lab) -> None:
    assert refused(failed, "retry", "1", "two") == (
        "Error: cannot retry step 'two', which is pending in a task that is error; allowed there: cancel, skip, "
        "resolve\n"
    )


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["cancel", "404"], "Error: no task 404\n"),
        (["cancel", "404", "one"], "Error: task 404 has no step 'one'\n"),
        (["skip", "1", "nine"], "Error: task 1 has no step 'nine'\n"),
        (["why", "1", "nine"], "Error: task 1 has no step 'nine'\n"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(failed: Lab, words: list[str], answer: str) -> None:
    assert refused(failed, *words) == answer


def test_skip_wants_a_step(failed: Lab) -> None:
    assert "Missing argument 'STEP'" in refused(failed, "skip", "1")


def test_why_says_why(failed: Lab) -> None:
    assert said(failed, "why", "1", "one") == "It failed for good after 1 of 3 attempts: PermanentError: as told\n"


@pytest.mark.parametrize(
    ("text", "seconds"), [("30d", 2_592_000), ("12h", 43_200), ("90m", 5_400), ("10s", 10), ("0s", 0)]
)
def test_purge_takes_an_age_with_its_unit(lab: Lab, text: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def purge(_runtime: object, *, older_than: float, **_more: object) -> Purged:
        asked.append(older_than)
        return Purged(deleted=0, held=0)

    monkeypatch.setattr(upkeep, "purge", purge)
    assert said(lab, "purge", "--older-than", text) == "deleted 0 tasks\n"
    assert asked == [seconds]


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1.5h", "30 d", "30w", "", "1d2h"])
def test_purge_refuses_an_age_that_it_cannot_read(lab: Lab, text: str) -> None:
    assert "expected a number with s, m, h or d, such as 30d" in refused(lab, "purge", f"--older-than={text}")


def test_purge_wants_an_age(lab: Lab) -> None:
    assert "Missing option '--older-than'" in refused(lab, "purge")


def test_purge_says_how_many_went(lab: Lab) -> None:
    for _ in range(3):
        lab.run(chain())
    lab.run(chain(), failing(one="for good"))

    assert said(lab, "purge", "--older-than", "1d") == "deleted 0 tasks\n"
    lab.state.move_clock(60)
    assert said(lab, "purge", "--older-than", "30s", "--batch", "2") == "deleted 3 tasks\n"
    assert said(lab, "purge", "--older-than", "30s", "--status", "error") == "deleted 1 tasks\n"


def test_purge_says_how_many_keys_went(lab: Lab) -> None:
    wanted = chain().request({})
    for number in range(2):
        create_task_once(lab.runtime, wanted, key=f"k-{number}")
    assert said(lab, "purge", "--older-than", "1d") == "deleted 0 tasks\n"
    lab.state.move_clock(86_400)
    assert said(lab, "purge", "--older-than", "1d") == "deleted 0 tasks and 2 idempotency keys\n"


def test_purge_refuses_open_tasks(lab: Lab) -> None:
    assert refused(lab, "purge", "--older-than", "1d", "--status", "pending") == (
        "Error: only finished tasks can be purged, got pending\n"
    )


def test_purge_says_how_many_the_hosts_rows_hold(lab: Lab) -> None:
    lab.run(chain())
    lab.execute("CREATE TABLE orders (task_id BIGINT REFERENCES tasker_tasks (task_id))")
    try:
        lab.execute("INSERT INTO orders (task_id) VALUES (1)")
        lab.state.move_clock(60)
        answer = said(lab, "purge", "--older-than", "30s")
    finally:
        lab.execute("DROP TABLE orders")

    assert answer == "deleted 0 tasks; 1 are held by rows of the app and were left\n"
