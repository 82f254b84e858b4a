"""What is no graph of steps is refused where the class is defined."""

from __future__ import annotations

import pytest

from flask_tasker.errors import HandlerDefinitionError, UnknownStepError
from flask_tasker.handlers import StepRun, TaskHandler, step
from tests.unit.making import a_graph, defined, handler, template


def test_a_cycle_is_refused_and_its_path_shown() -> None:
    with pytest.raises(
        HandlerDefinitionError, match=r"steps form a cycle: (a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c)"
    ):
        a_graph({"a": ["c"], "b": ["a"], "c": ["b"], "d": ["c"]})


def test_a_cycle_made_by_overriding_a_step_is_refused() -> None:
    class Base(TaskHandler):
        @step
        def first(self, run: StepRun) -> None: ...

        @step(depends_on=first)
        def second(self, run: StepRun) -> None: ...

    with pytest.raises(HandlerDefinitionError, match=r"steps form a cycle: .*first.* -> .*second"):

        @handler()
        class Twisted(Base):
            @step(depends_on=Base.second)
            def first(self, run: StepRun) -> None: ...


def test_a_refusal_names_the_handler() -> None:
    with pytest.raises(HandlerDefinitionError, match=r"^handler 'refund': "):
        defined([template("a", "missing")], name="refund")


def test_a_step_that_depends_on_itself_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'a' depends on itself"):
        a_graph({"a": ["a"]})


def test_an_unknown_parent_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(HandlerDefinitionError, match=r"step 'b' depends on unknown step 'x'; known are \['a', 'b'\]"):
        a_graph({"a": [], "b": ["x"]})


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'a' is defined twice"):
        defined([template("a"), template("a")])


def test_two_methods_under_one_name_are_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'same' is defined twice"):

        @handler()
        class Twice(TaskHandler):
            @step(name="same")
            def one(self, run: StepRun) -> None: ...

            @step(name="same")
            def two(self, run: StepRun) -> None: ...


def test_a_parent_named_twice_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match=r"step 'b' names a parent twice: \['a', 'a'\]"):
        a_graph({"a": [], "b": ["a", "a"]})


def test_a_handler_without_steps_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="no steps: a handler needs at least one"):
        defined([])


def test_a_handler_in_both_forms_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="either from @step or from step_templates, not from both"):

        @handler()
        class Mixed(TaskHandler):
            step_templates = (template("a"),)

            @step
            def b(self, run: StepRun) -> None: ...


def test_every_parent_comes_before_its_children_in_the_order_of_the_graph() -> None:
    order = a_graph({"end": ["left", "right"], "left": ["start"], "right": ["start"], "start": []}).graph.order
    assert order[0] == "start"
    assert order[-1] == "end"
    assert set(order) == {"start", "left", "right", "end"}


def test_templates_keep_the_order_in_which_they_are_declared() -> None:
    assert list(a_graph({"end": ["start"], "start": []}).graph.templates) == ["end", "start"]


def test_ancestors_are_all_that_comes_before() -> None:
    graph = a_graph({"a": [], "b": ["a"], "c": ["b"], "d": ["c", "a"], "e": []}).graph
    assert graph.ancestors("d") == {"a", "b", "c"}
    assert graph.ancestors("a") == frozenset()


def test_asking_for_a_step_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(UnknownStepError, match=r"no step 'z'; the handler has \['a', 'b'\]"):
        a_graph({"a": [], "b": []}).graph.template("z")
