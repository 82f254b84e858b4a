"""Which handler works on which task."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.errors import HandlerDefinitionError, UnknownHandlerError
from flask_tasker.handlers import (
    HandlerFactory,
    StepRun,
    TaskHandler,
    default_factory,
    replace_default_factory,
    step,
    task_handler,
    version_order,
)
from tests.unit.making import defined, template


def a_class(qualname: str = "Sync") -> Any:
    class Sync(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    Sync.__qualname__ = qualname
    return Sync


def test_a_handler_is_found_by_its_key() -> None:
    factory = HandlerFactory()
    sync = task_handler("sync", namespace="shop", version="2", factory=factory)(a_class())
    assert factory.find(("shop", "sync", "2")) is sync.definition
    assert factory.find(("shop", "sync", "3")) is None


def test_an_unknown_name_is_an_error_that_says_just_that() -> None:
    with pytest.raises(UnknownHandlerError) as caught:
        HandlerFactory().get("X")
    assert str(caught.value) == "No task handler for X"


@pytest.mark.parametrize("wanted", [{"namespace": "other"}, {"version": "9"}])
def test_the_namespace_and_the_version_must_fit_too(wanted: dict[str, str]) -> None:
    factory = HandlerFactory()
    task_handler("sync", factory=factory)(a_class())
    with pytest.raises(UnknownHandlerError, match="No task handler for sync"):
        factory.get("sync", **wanted)


def test_the_numerically_highest_version_is_used_unless_one_is_named() -> None:
    factory = HandlerFactory()
    for version in ("1.9", "1.10", "1.2"):
        task_handler("sync", version=version, factory=factory)(a_class(f"V{version}"))
    assert factory.get("sync").key[2] == "1.10"
    assert factory.get("sync", version="1.2").key[2] == "1.2"


def test_versions_in_their_order() -> None:
    ordered = ["beta", "0.9", "1.0-rc1", "1.0", "1.0.1", "1.9", "1.10", "2.0.0-alpha", "2.0.0", "10"]
    assert sorted(sorted(ordered), key=version_order) == ordered


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
def test_versions_of_numbers_are_ordered_as_the_numbers_are(left: list[int], right: list[int]) -> None:
    order = [version_order(".".join(map(str, numbers))) for numbers in (left, right)]
    assert (order[0] < order[1]) == (left < right)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_versions_can_be_compared(left: str, right: str) -> None:
    one, other = version_order(left), version_order(right)
    assert [one < other, one == other, one > other].count(True) == 1


def test_another_class_of_the_same_name_and_version_is_refused() -> None:
    factory = HandlerFactory()
    task_handler("sync", factory=factory)(a_class("First"))
    with pytest.raises(
        HandlerDefinitionError, match=r"handler default/sync@0.1.0 is registered twice: by .*First and by .*Second"
    ):
        task_handler("sync", factory=factory)(a_class("Second"))
    assert factory.get("sync").origin[1] == "First"


def test_the_same_class_registered_again_replaces() -> None:
    factory = HandlerFactory()
    task_handler("sync", factory=factory)(a_class())
    again = task_handler("sync", factory=factory)(a_class())
    assert factory.get("sync") is again.definition
    assert len(factory) == 1


def test_the_same_name_in_another_namespace_or_version_is_another_handler() -> None:
    factory = HandlerFactory()
    for qualname, options in {"A": {}, "B": {"namespace": "shop"}, "C": {"version": "2"}}.items():
        task_handler("sync", factory=factory, **options)(a_class(qualname))
    assert factory.keys() == [("default", "sync", "0.1.0"), ("default", "sync", "2"), ("shop", "sync", "0.1.0")]
    assert [definition.key for definition in factory] == factory.keys()


def test_a_factory_that_is_given_is_used_even_while_it_is_empty() -> None:
    factory = HandlerFactory()
    before = len(default_factory())
    task_handler("sync", factory=factory)(a_class())
    assert (len(factory), len(default_factory())) == (1, before)


def test_without_a_factory_the_default_one_is_used() -> None:
    fresh = HandlerFactory()
    previous = replace_default_factory(fresh)
    try:
        task_handler("sync")(a_class())
    finally:
        assert replace_default_factory(previous) is fresh
    assert fresh.keys() == [("default", "sync", "0.1.0")]


def test_a_definition_is_called_by_its_full_name() -> None:
    assert defined([template("a")], name="sync", namespace="shop", version="2").full_name == "shop/sync@2"


def test_handlers_are_registered_and_looked_up_from_many_threads() -> None:
    factory, count, errors = HandlerFactory(), 40, []
    start = threading.Barrier(8)

    def work(worker: int) -> None:
        start.wait(timeout=10)
        try:
            for number in range(count):
                task_handler(f"sync-{worker}-{number}", factory=factory)(a_class())
                assert factory.get(f"sync-{worker}-{number}") is not None
                list(factory)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert len(factory) == 8 * count


def test_of_two_classes_that_register_at_once_one_is_refused() -> None:
    factory, start, outcomes = HandlerFactory(), threading.Barrier(2), []

    def register(qualname: str) -> None:
        cls = a_class(qualname)
        start.wait(timeout=10)
        try:
            task_handler("sync", factory=factory)(cls)
            outcomes.append("registered")
        except HandlerDefinitionError:
            outcomes.append("refused")

    threads = [threading.Thread(target=register, args=(name,)) for name in ("First", "Second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["refused", "registered"]
