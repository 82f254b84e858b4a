"""An attempt writes nothing and raises nothing: whatever becomes of it is an outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from flask_tasker.engine.attempt import attempt
from flask_tasker.lifecycle import Failed
from tests.unit.making import an_attempt, defined, template


def test_a_template_without_code_fails_for_good() -> None:
    definition = defined([template("two")])
    without = replace(definition.graph.templates["two"], call=None)
    outcome = attempt(definition, without, an_attempt("two"), now=datetime.now(UTC))
    assert outcome == Failed(error="step 'two' has no code to run", retry_in=None)
