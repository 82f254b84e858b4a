"""How JSON is shown in the row of a step: few can be folded, many are text."""

from __future__ import annotations

import pytest

from flask_tasker.redaction import NOTHING
from flask_tasker.store.reading import Excerpt
from flask_tasker.web.dashboard.task_page.excerpts import MOST_TREES, in_a_row
from flask_tasker.web.dashboard.task_page.snapshot import ROWS


@pytest.mark.parametrize(("of", "folded"), [(1, True), (MOST_TREES, True), (MOST_TREES + 1, False), (ROWS, False)])
def test_what_few_steps_hold_can_be_folded_and_what_a_full_page_holds_is_text(of: int, folded: bool) -> None:
    shown = in_a_row(Excerpt(value={"weight": 3}, text=None, size=13), NOTHING, of=of)

    assert shown is not None
    assert (shown.tree is not None, shown.text != "") == (folded, not folded)
    assert folded or shown.text == '{\n  "weight": 3\n}'
