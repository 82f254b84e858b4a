"""``flask tasker list``: which tasks, in which order, and how they are shown."""

from __future__ import annotations

import pytest

from tests.cli.desk import HELD, Desk
from tests.cli.shop import HOSTILE


def ids(desk: Desk, *words: str) -> list[int]:
    return [int(line.split()[0]) for line in desk.said("list", *words).splitlines()[1:]]


@pytest.fixture
def three(desk: Desk) -> list[int]:
    """A complete task tagged red, one that failed and was started by ada, and one that waits."""
    desk.start("shop/copy", "--tag", "red")
    desk.start("fails", "--initiator", "ada", "--source-system", "till", "--reason", "no paper")
    desk.drain()
    desk.start("depot/copy")
    return sorted(task["task_id"] for task in desk.get("/tasks")["tasks"])


def test_a_task_is_a_line_and_the_newest_is_the_first(desk: Desk, three: list[int]) -> None:
    header, *lines = desk.said("list").splitlines()

    assert header.split() == ["ID", "TASK", "STATUS", "DONE", "REQUESTED", "INITIATOR", "REASON"]
    assert [line.split()[:4] for line in lines] == [
        [str(three[2]), "depot/copy@1.0", "pending", "0%"],
        [str(three[1]), "default/fails@0.1.0", "error", "0%"],
        [str(three[0]), "shop/copy@1.10", "complete", "100%"],
    ]


@pytest.mark.parametrize(
    ("words", "which"),
    [
        (["--status", "complete"], [0]),
        (["--name", "copy"], [2, 0]),
        (["--name", "copy", "--namespace", "depot"], [2]),
        (["--tag", "red"], [0]),
        (["--initiator", "ada"], [1]),
        (["--source-system", "till"], [1]),
        (["--reason", "PAPER"], [1]),
        (["--since", "1h"], [2, 1, 0]),
        (["--until", "1h"], []),
        (["--since", "999999999d"], [2, 1, 0]),
        (["--since", "2001-01-31"], [2, 1, 0]),
        (["--until", "2001-01-31T12:00+02:00"], []),
        (["--annotation-type", "none of these"], []),
        (["--order", "asc"], [0, 1, 2]),
        (["--sort", "status", "--order", "asc"], [0, 1, 2]),
        (["--limit", "1"], [2]),
    ],
)
def test_a_list_has_what_was_asked_for(desk: Desk, three: list[int], words: list[str], which: list[int]) -> None:
    assert ids(desk, *words) == [three[number] for number in which]


def test_an_age_is_taken_from_the_clock_of_the_database(desk: Desk, three: list[int]) -> None:
    desk.app.extensions["tasker"].move_clock(7_200)

    assert ids(desk, "--until", "1h") == three[::-1]
    assert ids(desk, "--since", "1h") == []
    assert ids(desk, "--since", "3h") == three[::-1]


def test_a_list_that_has_not_all_says_how_to_go_on(desk: Desk, three: list[int]) -> None:
    first = desk.invoke("list", "--limit", "2")

    assert first.stderr.startswith("there are more: --cursor ")
    assert ids(desk, "--cursor", first.stderr.split()[-1]) == [three[0]]
    assert desk.invoke("list", "--limit", "3").stderr == ""


def test_a_long_list_is_read_by_pages(desk: Desk, three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = desk.app.extensions["tasker"].settings
    monkeypatch.setitem(vars(settings), "max_page_size", 2)

    assert ids(desk, "--limit", "3") == three[::-1]
    assert ids(desk, "--limit", "100") == three[::-1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--since", "yesterday"], "--since must be a moment in ISO 8601"),
        (["--until", "1999999999d"], "expected a number with s, m, h or d"),
        (["--annotation-value", "1"], "--annotation-value needs annotation_key"),
        (["--status", "lost"], "'lost' is not one of"),
        (["--sort", "owner"], "'owner' is not one of"),
        (["--limit", "0"], "--limit"),
        (["--cursor", "abc"], "--cursor: is none that a list has given out"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(desk: Desk, words: list[str], complaint: str) -> None:
    assert complaint in desk.refused("list", *words, code=2)


def test_a_table_reads_nothing_of_what_tasks_and_steps_hold(desk: Desk, three: list[int]) -> None:
    asked = " ".join(desk.statements("list"))

    assert "tasker_workflow_steps" in asked
    assert [held for held in HELD if held in asked] == []


def test_a_hostile_task_is_one_line_of_text(desk: Desk) -> None:
    desk.start("shop/copy", "--reason", HOSTILE, "--initiator", HOSTILE)

    said = desk.said("list")

    assert len(said.splitlines()) == 2
    assert all(line.isprintable() for line in said.splitlines())
    assert r"\x1b[31mred\x1b]0;title\x07 \u202egnp\u2066 [bold]x[/bold] \x9b2J\nnext line" in said
