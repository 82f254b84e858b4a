"""On a terminal: drawn by rich where it is installed, plain where it is not, and never by what a database holds."""

from __future__ import annotations

import re

import pytest

from tests.cli.desk import Desk
from tests.cli.shell import Shell
from tests.cli.shop import HOSTILE

# Of how a terminal is drawn on no database has a part in it, and each start of a process takes a second.
pytestmark = pytest.mark.parametrize("lasting_url", ["sqlite"], indirect=True)

STYLE = re.compile(r"\x1b\[[0-9;]*m")
MOVE = re.compile(r"\x1b\[(?:\?25[lh]|[0-9]*[AKG]|2K|1A)")
ERROR = "\x1b[1;31merror"


def drawn(sent: str) -> str:
    """What is to be read, without what rich has for the terminal."""
    return MOVE.sub("", STYLE.sub("", sent)).replace("\r", "")


def test_states_are_coloured_and_written_out(url: str, desk: Desk) -> None:
    task_id = str(desk.failed())

    code, sent = Shell(url).on_terminal("show", task_id)

    assert code == 0
    assert ERROR in sent
    assert "PermanentError: as told" in drawn(sent)


def test_without_rich_it_is_as_into_a_pipe(url: str, desk: Desk) -> None:
    task_id = str(desk.failed())

    _, sent = Shell(url, missing=["rich"]).on_terminal("show", task_id)

    assert sent.replace("\r\n", "\n") == desk.said("show", task_id)


def test_who_wants_no_colour_gets_none(url: str, desk: Desk) -> None:
    task_id = str(desk.failed())

    _, sent = Shell(url, {"NO_COLOR": "1"}).on_terminal("show", task_id)

    assert "31m" not in sent
    assert "error" in sent


@pytest.mark.parametrize("missing", [[], ["rich"]])
@pytest.mark.parametrize("words", [["show"], ["show", "--history"], ["show", "--watch"], ["show", "--json"]])
def test_a_hostile_task_draws_nothing(url: str, desk: Desk, words: list[str], missing: list[str]) -> None:
    task_id = desk.failed(HOSTILE)
    desk.said("cancel", str(task_id), "--actor", HOSTILE, "--reason", HOSTILE)
    command, *options = words

    _, sent = Shell(url, missing=missing).on_terminal(command, str(task_id), *options)

    left = drawn(sent)
    assert [character for character in left if not character.isprintable() and character != "\n"] == []
    assert "[bold]x[/bold]" in left
    assert "\x1b[31mred" not in sent


def test_a_task_is_followed_in_its_place(url: str, desk: Desk) -> None:
    code, sent = Shell(url).on_terminal("run", "shop/copy", "--wait", "--interval", "0.05")

    assert code == 0
    assert f"{desk.get('/tasks')['tasks'][0]['task_id']}\n" in drawn(sent)
    # The cursor goes up, and what stands there is written over.
    assert "\x1b[1A" in sent
    assert drawn(sent).rstrip().splitlines()[-1].split()[:3] == ["two", "complete", "1/3"]


def test_without_rich_a_task_is_followed_by_lines(url: str) -> None:
    code, sent = Shell(url, missing=["rich"]).on_terminal("run", "fails", "--wait", "--interval", "0.05")

    assert code == 1
    assert "\x1b" not in sent
    assert re.search(r"Z step first: error, attempt 1/3: PermanentError: as told\r\n", sent)


def test_on_a_terminal_that_cannot_be_drawn_on_a_task_is_followed_by_lines(url: str) -> None:
    _, sent = Shell(url, {"TERM": "dumb"}).on_terminal("run", "shop/copy", "--wait", "--interval", "0.05")

    assert "\x1b" not in sent
    assert re.search(r"Z task [0-9]+: complete\r\n$", sent)


def test_on_a_terminal_json_is_laid_out_for_people(url: str, desk: Desk) -> None:
    desk.start()

    _, sent = Shell(url).on_terminal("list", "--json")

    assert sent.startswith('{\r\n  "tasks": [\r\n')
