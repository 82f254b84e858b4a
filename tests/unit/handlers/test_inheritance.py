"""Handlers that build on other handlers."""

from __future__ import annotations

import pytest

from flask_tasker.errors import HandlerDefinitionError
from flask_tasker.handlers import StepRun, TaskHandler, step
from tests.unit.making import an_attempt, handler, template


class Base(TaskHandler):
    @step
    def first(self, run: StepRun) -> str:
        return "base"

    @step(depends_on=first)
    def second(self, run: StepRun) -> str:
        return "base"


class Audited:
    @step
    def audit(self, run: StepRun) -> str:
        return "audited"


def test_steps_are_inherited_and_added_to() -> None:
    @handler()
    class Longer(Base):
        @step(depends_on=Base.second)
        def third(self, run: StepRun) -> None: ...

    assert Longer.definition.graph.parents == {"first": (), "second": ("first",), "third": ("second",)}


def test_an_overridden_step_keeps_its_place_and_runs_the_new_method() -> None:
    @handler()
    class Changed(Base):
        @step
        def first(self, run: StepRun) -> str:
            return "changed"

    graph = Changed.definition.graph
    assert list(graph.templates) == ["first", "second"]
    call = graph.template("first").call
    assert call is not None
    assert call(Changed(), an_attempt("first")) == "changed"


def test_the_base_is_left_as_it_was() -> None:
    base = handler()(Base).definition

    @handler()
    class Changed(Base):
        @step(skippable=True)
        def first(self, run: StepRun) -> str:
            return "changed"

    assert not base.graph.template("first").skippable
    assert Changed.definition.graph.template("first").skippable


def test_a_step_replaced_by_nothing_is_gone() -> None:
    @handler()
    class Shorter(Base):
        second = None  # type: ignore[assignment]

    assert list(Shorter.definition.graph.templates) == ["first"]


def test_removing_a_step_that_others_depend_on_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'second' depends on unknown step 'first'"):

        @handler()
        class Broken(Base):
            first = None  # type: ignore[assignment]


def test_steps_come_from_mixins_too() -> None:
    @handler()
    class Mixed(Audited, Base):
        pass

    assert set(Mixed.definition.graph.templates) == {"first", "second", "audit"}


def test_a_list_of_templates_is_inherited() -> None:
    class Listed(TaskHandler):
        step_templates = (template("a"), template("b", "a"))

    @handler()
    class Same(Listed):
        pass

    assert list(Same.definition.graph.templates) == ["a", "b"]
