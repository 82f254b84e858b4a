"""Names that can be stored, shown and asked for."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker.errors import HandlerDefinitionError
from tests.unit.making import defined, template

BAD_NAMES = ["", "  ", "x" * 129, "line\nbreak", "nul\x00", "half \ud800", None, 7]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_step_name_is_refused(name: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match=r"step name .*printable text of 1 to 128 characters"):
        template(name)


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("part", ["name", "namespace", "version"])
def test_a_bad_handler_name_is_refused(part: str, name: Any) -> None:
    what = "task" if part == "name" else part
    with pytest.raises(HandlerDefinitionError, match=f"{what} name .*printable text of 1 to 128 characters"):
        defined([template("a")], **{part: name})


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_of_a_dependent_system_is_refused(name: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="dependent system name"):
        template("a", dependent_system=name)


@pytest.mark.parametrize("name", ["step-one", "step one", "schritt_\u00e4", "x" * 128, "\U0001f680"])
def test_names_of_any_script_are_accepted(name: str) -> None:
    assert name in defined([template(name)], name=name).graph.templates
