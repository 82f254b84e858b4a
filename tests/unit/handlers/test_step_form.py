"""Steps written as methods with ``@step``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from flask_tasker.errors import HandlerDefinitionError
from flask_tasker.handlers import NO_RETRY, Retry, StepRun, TaskHandler, step
from tests.unit.making import an_attempt, handler


class Shop(TaskHandler):
    @step
    def price(self, run: StepRun) -> dict[str, int]:
        """Ask the shop."""
        return {"cents": 7}

    @step(depends_on=price, dependent_system="ledger", skippable=True, timeout=timedelta(seconds=3), retry=NO_RETRY)
    def book(self, run: StepRun) -> dict[str, int]:
        return {"cents": 2 * run.result(self.price)["cents"]}


def test_a_step_stays_callable_like_the_method_it_decorates() -> None:
    assert Shop().price(an_attempt()) == {"cents": 7}


def test_a_step_called_in_a_test_reads_the_results_that_the_test_gives() -> None:
    run = an_attempt("book", parents=("price",), load_result=lambda name: {"cents": 10})
    assert Shop().book(run) == {"cents": 20}


def test_a_step_has_the_docstring_of_its_method() -> None:
    assert Shop.price.__doc__ == "Ask the shop."
    assert handler()(Shop).definition.graph.template("price").description == "Ask the shop."


def test_the_options_of_a_step_are_in_its_template() -> None:
    template = handler()(Shop).definition.graph.template("book")
    assert template.parents == ("price",)
    assert (template.dependent_system, template.skippable, template.timeout) == ("ledger", True, timedelta(seconds=3))
    assert (template.default_retryable, template.default_retry_limit) == (False, 1)


def test_a_step_that_names_no_system_depends_on_that_of_its_handler() -> None:
    graph = handler(dependent_system="shop")(Shop).definition.graph
    assert graph.template("price").dependent_system == "shop"
    assert graph.template("book").dependent_system == "ledger"


def test_the_same_class_registered_for_two_systems_keeps_both() -> None:
    first = handler(dependent_system="one")(Shop).definition
    handler(dependent_system="two")(Shop)
    assert first.graph.template("price").dependent_system == "one"


def test_a_limit_under_one_is_refused() -> None:
    with pytest.raises(
        HandlerDefinitionError, match=r"Retry\(limit=0\): expected a whole number of attempts, 1 or more"
    ):
        Retry(limit=0)


@pytest.mark.parametrize("limit", [1.5, "3", None, True])
def test_a_limit_that_is_no_whole_number_is_refused(limit: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="expected a whole number of attempts"):
        Retry(limit=limit)


def test_an_async_step_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match=r"step 'later' is an async def or a generator.*write a plain def"):

        @step
        async def later(self: Any, run: StepRun) -> None: ...


def test_a_generator_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="async def or a generator"):

        @step
        def several(self: Any, run: StepRun) -> Iterator[int]:
            yield 1


def test_an_async_generator_is_refused() -> None:
    with pytest.raises(HandlerDefinitionError, match="async def or a generator"):

        @step
        async def several(self: Any, run: StepRun) -> AsyncIterator[int]:
            yield 1


@pytest.mark.parametrize("parents", ["price", 3, [object()], ["price"], [Shop().price]])
def test_a_parent_that_is_no_step_is_refused(parents: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="step 'child': depends_on takes"):

        @step(depends_on=parents)
        def child(self: Any, run: StepRun) -> None: ...


def test_a_retry_policy_that_is_only_a_number_is_refused() -> None:
    policy: Any = 3
    with pytest.raises(HandlerDefinitionError, match="step 'child': retry takes a Retry, got 3"):

        @step(retry=policy)
        def child(self: Any, run: StepRun) -> None: ...


def test_a_decorator_on_something_that_is_no_function_is_refused() -> None:
    thing: Any = property(lambda self: None)
    with pytest.raises(HandlerDefinitionError, match="@step goes directly above a method"):
        step(name="thing")(thing)


def test_a_class_that_is_no_task_handler_is_refused() -> None:
    plain: Any = type("Plain", (), {})
    with pytest.raises(HandlerDefinitionError, match="must be a subclass of TaskHandler"):
        handler("plain")(plain)


def test_a_request_of_a_class_that_was_not_registered_says_what_is_missing() -> None:
    class Bare(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    with pytest.raises(
        HandlerDefinitionError, match=r"Bare is not registered: put @task_handler\(...\) above the class"
    ):
        Bare.request()


def test_a_subclass_is_not_registered_because_its_base_is() -> None:
    base = handler()(Shop)

    class Later(base):  # type: ignore[valid-type, misc]
        pass

    with pytest.raises(HandlerDefinitionError, match="Later is not registered"):
        Later.key()
