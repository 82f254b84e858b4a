"""Steps written as the original engine has them: a list of templates with handler classes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from flask_tasker.errors import HandlerDefinitionError
from flask_tasker.handlers import Backoff, Retry, StepRun, StepTemplate, TaskHandler, TaskView, step
from tests.unit.making import Nothing, an_attempt, defined, handler, template


class Doubling:
    def handle(self, task: TaskView, sequence: Any, step: Any) -> None:
        step.results = {"name": step.name, "attempts": step.attempts, "double": 2 * task.context["number"]}


def test_what_handle_sets_as_results_is_what_the_step_returns() -> None:
    call = defined([template("a", handler_class=Doubling)]).graph.template("a").call
    assert call is not None
    task = TaskView(task_id=1, name="order", context={"number": 4})
    assert call(None, an_attempt("a", attempt=2, task=task)) == {"name": "a", "attempts": 2, "double": 8}


def test_every_attempt_gets_a_new_instance() -> None:
    made: list[object] = []

    class Counting:
        def __init__(self) -> None:
            made.append(self)

        def handle(self, task: Any, sequence: Any, step: Any) -> None: ...

    call = defined([template("a", handler_class=Counting)]).graph.template("a").call
    assert call is not None
    call(None, an_attempt("a"))
    call(None, an_attempt("a"))
    assert len(made) == 2


def test_both_forms_compile_to_equal_templates() -> None:
    backoff = Backoff(base=timedelta(seconds=2))

    class Steps(TaskHandler):
        @step(dependent_system="shop")
        def one(self, run: StepRun) -> None:
            """The first."""

        @step(
            name="step-two",
            depends_on=one,
            dependent_system="ledger",
            skippable=True,
            timeout=timedelta(seconds=30),
            retry=Retry(limit=5, backoff=backoff, on=(ConnectionError,)),
        )
        def two(self, run: StepRun) -> None: ...

    listed = [
        StepTemplate(name="one", dependent_system="shop", description="The first.", handler_class=Nothing),
        StepTemplate(
            name="step-two",
            depends_on_step="one",
            dependent_system="ledger",
            skippable=True,
            timeout=timedelta(seconds=30),
            default_retry_limit=5,
            backoff=backoff,
            retry_on=(ConnectionError,),
            handler_class=Nothing,
        ),
    ]
    assert handler()(Steps).definition.graph == defined(listed).graph


def test_templates_that_say_something_else_are_not_equal() -> None:
    assert template("a") != template("a", skippable=True)
    assert template("b", "a") != template("b")


def test_one_parent_may_be_spelt_either_way() -> None:
    single = StepTemplate(name="b", depends_on_step="a", handler_class=Nothing)
    assert single == template("b", "a")
    assert single.parents == ("a",)


def test_the_single_parent_is_there_under_its_old_name_only_where_there_is_one() -> None:
    assert template("b", "a").depends_on_step == "a"
    assert template("c", "a", "b").depends_on_step is None


def test_both_spellings_together_are_taken_together() -> None:
    both = StepTemplate(name="c", depends_on_step="a", depends_on_steps=["b", "a"], handler_class=Nothing)
    assert both.parents == ("b", "a")


def test_defaults_are_those_of_the_original_engine() -> None:
    plain = template("a")
    assert (plain.default_retryable, plain.default_retry_limit, plain.skippable) == (True, 3, False)


def test_a_text_as_list_of_parents_is_refused() -> None:
    parents: Any = "abc"
    with pytest.raises(HandlerDefinitionError, match="depends_on_steps is a list of names, got 'abc'"):
        StepTemplate(name="a", depends_on_steps=parents)


@pytest.mark.parametrize("limit", [0, -1, 1.5, "3", True])
def test_a_limit_that_is_no_number_of_attempts_is_refused(limit: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'a': default_retry_limit must be a whole number, 1 or more"):
        template("a", default_retry_limit=limit)


@pytest.mark.parametrize("timeout", [timedelta(0), timedelta(seconds=-1), 30])
def test_a_timeout_that_is_no_positive_time_is_refused(timeout: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'a': timeout must be a positive timedelta"):
        template("a", timeout=timeout)


def test_exceptions_to_retry_on_that_are_no_classes_are_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="expected a tuple of exception classes"):
        template("a", retry_on=("ConnectionError",))


@pytest.mark.parametrize("handler_class", [None, object, "Nothing"])
def test_a_handler_class_without_handle_is_refused(handler_class: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'a': handler_class must be a class with handle"):
        defined([template("a", handler_class=handler_class)])


def test_an_async_handle_is_refused() -> None:
    class Later:
        async def handle(self, task: Any, sequence: Any, step: Any) -> None: ...

    with pytest.raises(HandlerDefinitionError, match=r"step 'a': handle is an async def.*write a plain def"):
        defined([template("a", handler_class=Later)])


def test_a_template_may_bring_its_own_call() -> None:
    own = template("a", handler_class=None, call=lambda handler, run: {"own": True})
    call = defined([own]).graph.template("a").call
    assert call is not None
    assert call(None, an_attempt("a")) == {"own": True}
