"""The pages of the Python names and errors have every public one, and none that is not."""

from __future__ import annotations

import importlib
import inspect

import pytest

import flask_tasker.errors
import flask_tasker.models
import flask_tasker.testing
from flask_tasker import StepRun, Tasker
from tests.docs.pages import DOCS, rows, section

PAGE = (DOCS / "reference" / "python.md").read_text()
ERRORS = (DOCS / "reference" / "errors.md").read_text()

# Fields by which the engine builds a run, and which no handler reads.
INSIDE_OF_A_RUN = {"parents", "ancestors", "asked_to_stop", "lease_lost", "load_result"}


@pytest.mark.parametrize("module", ["flask_tasker", "flask_tasker.testing", "flask_tasker.models"])
def test_every_public_name_is_on_the_page_once(module: str) -> None:
    listed = [row[0] for row in rows(section(PAGE, f"## `{module}`"), head="name")]
    assert sorted(listed) == sorted(importlib.import_module(module).__all__)


@pytest.mark.parametrize("heading", ["## `flask_tasker.auth`", "## Elsewhere"])
def test_every_name_that_is_given_in_full_is_there(heading: str) -> None:
    for name, *_ in rows(section(PAGE, heading), head="name"):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_the_table_of_a_tasker_has_what_it_can_do() -> None:
    listed = {row[0].partition("(")[0] for row in rows(PAGE, head="method of a `Tasker`")}
    assert listed == {name for name in vars(Tasker) if not name.startswith("_")}


def test_the_table_of_a_run_has_what_a_handler_reads() -> None:
    cells = [row[0] for row in rows(PAGE, head="of a `StepRun`")]
    listed = {name.strip("` ").partition("(")[0] for cell in cells for name in cell.split(",")}
    public = {name for name, _ in inspect.getmembers(StepRun) if not name.startswith("_")} | set(
        StepRun.__dataclass_fields__
    )
    assert listed == public - INSIDE_OF_A_RUN


def test_every_error_is_on_the_page_of_errors_once() -> None:
    errors = [
        name
        for name, kind in inspect.getmembers(flask_tasker.errors, inspect.isclass)
        if issubclass(kind, BaseException)
    ]
    assert sorted(row[0] for row in rows(ERRORS, head="error")) == sorted(errors)
