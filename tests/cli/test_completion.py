"""What the shell offers: from the app's code, whether or not its database is there."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from flask_tasker.cli import tasker
from tests.cli.shell import APP, ROOT
from tests.cli.shop import create_app

AWAY = "postgresql+psycopg2://nobody@192.0.2.1:1/none"
"""An address that never answers (RFC 5737)."""


def away() -> Flask:
    return create_app({"SQLALCHEMY_DATABASE_URI": AWAY})


def offered(line: str, make: Any = away) -> list[str]:
    """What is offered for the last word of ``line``."""
    *words, incomplete = line.split(" ")
    flask = FlaskGroup(create_app=make)
    flask.add_command(tasker)
    complete = ShellComplete(flask, {"obj": ScriptInfo(create_app=make)}, "flask", "_FLASK_COMPLETE")
    return [item.value for item in complete.get_completions(words, incomplete)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("tasker re", ["resolve", "retry"]),
        ("tasker db ", ["install", "sql", "upgrade"]),
        ("tasker run ", ["depot/copy", "fails", "shop/copy", "sleeps"]),
        ("tasker run f", ["fails"]),
        ("tasker graph shop/", ["shop/copy"]),
        ("tasker graph shop/copy@", ["shop/copy@1.10"]),
        ("tasker graph c", ["copy@1.0", "copy@1.10"]),
        ("tasker run x", []),
        ("tasker retry 7 f", ["first"]),
        ("tasker why 7 ", ["first", "nap", "one", "second", "two"]),
        ("tasker list --status re", ["resolved_manually"]),
        ("tasker list --order ", ["asc", "desc"]),
        ("tasker graph fails --format ", ["mermaid", "svg", "json"]),
    ],
)
def test_a_word_is_completed(line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_an_app_that_cannot_be_loaded_offers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> Flask:
        print("halfway")
        raise RuntimeError("no such luck")

    assert offered("tasker run ", broken) == []
    assert capsys.readouterr() == ("", "")


def test_an_app_without_a_tasker_offers_nothing() -> None:
    assert offered("tasker run ", lambda: Flask("bare")) == []


def test_a_shell_that_asks_is_answered() -> None:
    """As bash asks, with the app named on the line itself."""
    line = f"flask --app {APP} tasker run sh"
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'flask'; from flask.cli import main; main()"],
        env={
            "PYTHONPATH": str(ROOT),
            "_FLASK_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": "5",
            "FLASK_SQLALCHEMY_DATABASE_URI": AWAY,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("plain,shop/copy\n", "")
