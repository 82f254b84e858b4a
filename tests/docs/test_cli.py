"""The page of the command line names every command and option, and what it shows is what they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from flask_tasker.cli import exits, tasker
from flask_tasker.testing import drain, isolated_handlers

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TYPIST = re.compile(r"\bcli(?::[^\s,]+)?")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The app of the page."""
    names: dict[str, Any] = {"__name__": "page"}
    with isolated_handlers(), chdir(tmp_path):
        for snippet in SNIPPET.findall(PAGE):
            exec(snippet, names)
        yield names["app"]
        with names["app"].app_context():
            names["db"].engine.dispose()
            names["app"].extensions["tasker"].runtime.database.engine.dispose()


def test_the_table_of_commands_is_that_of_the_commands() -> None:
    assert command_table() in PAGE


def test_the_table_of_exit_codes_has_every_one() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert codes == {0, exits.FAILED, 2, exits.TIMED_OUT, exits.INTERRUPTED}
    assert {int(code) for code in re.findall(r"^  (\d+) ", exits.CODES, re.MULTILINE)} == codes


def test_every_command_has_an_example_in_its_help() -> None:
    without = [name for name, command in commands() if not re.search(r"flask.* tasker", command.help or "")]
    assert without == []


def test_every_option_says_what_it_does() -> None:
    bare = [
        f"{name} {option.name}"
        for name, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert bare == []


def test_what_the_page_shows_is_what_is_printed(app: Flask) -> None:
    runner = app.test_cli_runner()
    printed = []
    for block in CONSOLE.findall(PAGE):
        for command in re.findall(r"^\$ flask tasker (.+)$", block, re.MULTILINE):
            printed.append(f"$ flask tasker {command}\n{runner.invoke(tasker, shlex.split(command)).output}")
            if command.startswith("run") and "--wait" not in command:
                drain(app)
    assert alike("".join(printed)) == alike("".join(CONSOLE.findall(PAGE)))


def alike(text: str) -> str:
    """The text without what another day, another user and their longer name would make of it."""
    return re.sub(r" +", " ", TYPIST.sub("cli", MOMENT.sub("then", text)))


def commands(group: click.Group = tasker, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below the group, by the words that call it, as they are listed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def command_table() -> str:
    """All commands, with their arguments and options."""
    lines = ["| command | options |", "|---|---|"]
    for name, command in commands():
        arguments = [
            (one.name or "").upper() if one.required else f"[{(one.name or '').upper()}]"
            for one in command.params
            if isinstance(one, click.Argument)
        ]
        options = [f"`{one.opts[0]}`" for one in command.params if isinstance(one, click.Option)]
        lines.append(f"| `{' '.join(['flask tasker', name, *arguments])}` | {' '.join([*options, '|'])}")
    return "\n".join(lines) + "\n"
