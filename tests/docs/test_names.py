"""What the pages name exists: settings, commands and options, tables, tests; and files that they show are sound."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

from flask_tasker.cli import tasker
from flask_tasker.config import PREFIX, Settings
from flask_tasker.models import Base
from flask_tasker.testing import fixtures
from flask_tasker.web.dashboard import browser, messages
from tests.docs.figures import figures
from tests.docs.pages import DOCS, PAGES, ROOT, name_of

KEY = re.compile(rf"(?<![A-Z_]){PREFIX}[A-Z][A-Z_]*|FLASK_{PREFIX}[A-Z][A-Z_]*")
COMMAND = re.compile(r"\bflask (?:--app [\w.:()]+ )?tasker\b([^\n`|#;)]*)")
SETTINGS = {PREFIX + field.name.upper() for field in fields(Settings)}
TABLE = re.compile(r"`(tasker_\w+)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
OF_THE_TESTS = ("TASKER_TEST_", "TASKER_BENCH_")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    named = {key.removeprefix("FLASK_") for key in KEY.findall(page.read_text())}
    assert {key for key in named if not key.startswith(OF_THE_TESTS)} - SETTINGS == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    # As a list of a container's file is written, too.
    text = page.read_text().replace('", "', " ").replace('"]', "")
    assert [words for words in COMMAND.findall(text) if not is_command(words.split())] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_table_fixture_figure_and_cookie_that_a_page_names_exists(page: Path) -> None:
    there = {*Base.metadata.tables, *vars(fixtures), *figures(), browser.COOKIE, messages.COOKIE}
    assert set(TABLE.findall(page.read_text())) - there == set()


def test_every_test_that_is_said_to_hold_a_promise_exists() -> None:
    named = [found for page in PAGES for found in TEST.findall(page.read_text())]
    assert len(named) > 50
    assert [(path, name) for path, name in named if f"def {name}(" not in (ROOT / path).read_text()] == []


def test_a_command_that_is_not_there_is_found_out() -> None:
    assert is_command(["worker", "--threads", "8"])
    assert is_command(["db", "install", "--inline"])
    assert not is_command(["wroker"])
    assert not is_command(["db", "uninstall"])
    assert not is_command(["purge", "--younger-than", "3d"])


def test_every_unit_of_systemd_can_be_read() -> None:
    units = [unit_of(text) for text in fenced("ini")]
    assert len(units) == 4
    assert all(unit.has_section("Unit") and unit["Unit"]["Description"] for unit in units)
    commands = [unit["Service"]["ExecStart"] for unit in units if unit.has_section("Service")]
    assert all(command.startswith("/") for command in commands)


def test_every_file_of_containers_can_be_read() -> None:
    documents = [document for text in fenced("yaml") for document in yaml.safe_load_all(text)]
    composed = [document for document in documents if "services" in document]
    assert [list(document["services"]) for document in composed] == [["migrate", "web", "worker", "db", "redis"]]
    assert {document["kind"] for document in documents if "kind" in document} == {"Deployment"}


def is_command(words: list[str]) -> bool:
    """Whether ``flask tasker`` followed by these words is a command with such options; a group may stand alone."""
    command: click.Command = tasker
    while words and isinstance(command, click.Group):
        name, words = words[0].rstrip(",.:"), words[1:]
        if name not in command.commands:
            return False
        command = command.commands[name]
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return options <= known


def unit_of(text: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read_string(text)
    return unit


def fenced(language: str) -> Iterator[str]:
    """All blocks of a language on the site's pages."""
    for page in DOCS.glob("**/*.md"):
        yield from re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
