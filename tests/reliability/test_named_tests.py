"""The tests that docs/reliability.md names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/\S+\.py)::(\w+)`", (ROOT / "docs" / "reliability.md").read_text())


def test_every_promise_names_a_test() -> None:
    promises = (ROOT / "docs" / "reliability.md").read_text().split("\n## ")[1:]
    without = [promise.splitlines()[0] for promise in promises if "| held by |" not in promise]

    assert without == ["Random histories and torture"]


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_the_test_that_holds_a_promise_exists(path: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
