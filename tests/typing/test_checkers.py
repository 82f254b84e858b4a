"""What type checkers accept and refuse of code that uses flask_tasker."""

from __future__ import annotations

import pytest

from tests.typing.checkers import Line, expected, mypy_errors, pyright_errors, samples

EVERYTHING = samples("accepted") + samples("refused")


@pytest.fixture(scope="module")
def mypy_found() -> dict[Line, set[str]]:
    return mypy_errors(EVERYTHING)


def test_the_samples_cover_both_what_is_accepted_and_what_is_refused() -> None:
    assert len(samples("accepted")) == 5
    assert len(expected(samples("refused"))) > 30
    assert expected(samples("accepted")) == {}


def test_mypy_refuses_exactly_the_marked_lines(mypy_found: dict[Line, set[str]]) -> None:
    assert set(mypy_found) == set(expected(EVERYTHING))


def test_mypy_refuses_them_for_the_reason_that_they_name(mypy_found: dict[Line, set[str]]) -> None:
    other = {
        line: (code, mypy_found[line]) for line, code in expected(EVERYTHING).items() if code not in mypy_found[line]
    }
    assert other == {}


def test_pyright_refuses_exactly_the_lines_that_mypy_does() -> None:
    assert set(pyright_errors(EVERYTHING)) == set(expected(EVERYTHING))
