"""The fields of an attempt are there while it runs, in its thread, and nowhere else."""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context
from functools import partial

import pytest

from flask_tasker.logs import Bound, StepFields, bound_fields
from tests.unit.logs.records import record_of


def test_fields_are_bound_while_they_are_entered() -> None:
    with Bound(lambda: {"step": "outer"}):
        with Bound(lambda: {"step": "inner"}):
            assert bound_fields() == {"step": "inner"}
        assert bound_fields() == {"step": "outer"}
    assert bound_fields() == {}


def test_fields_are_taken_back_after_an_error() -> None:
    with pytest.raises(KeyError), Bound(lambda: {"step": "one"}):
        raise KeyError
    assert bound_fields() == {}


def test_fields_that_were_given_out_change_nothing() -> None:
    with Bound(lambda: {"step": "one"}):
        bound_fields()["step"] = "two"
        assert bound_fields() == {"step": "one"}


def test_another_thread_has_its_own_fields_unless_it_runs_in_this_context() -> None:
    seen: list[dict[str, object]] = []
    with Bound(lambda: {"step": "one"}):
        look = copy_context().run
        threads = [
            threading.Thread(target=lambda: seen.append(bound_fields())),
            threading.Thread(target=look, args=(lambda: seen.append(bound_fields()),)),
        ]
        for thread in threads:
            thread.start()
            thread.join()
    assert seen == [{}, {"step": "one"}]


def test_the_filter_gives_fields_to_a_format_of_the_hosts_own() -> None:
    handler_filter = StepFields(absent="-")
    formatter = logging.Formatter("%(task_id)s %(step)s: %(message)s")
    lines = []
    for fields in ({"task_id": 7, "step": "one"}, {}):
        with Bound(partial(dict, fields)):
            record = record_of("hello")
            assert handler_filter.filter(record)
            lines.append(formatter.format(record))
    assert lines == ["7 one: hello", "- -: hello"]


def test_the_filter_keeps_what_a_record_has() -> None:
    record = record_of("hello", step="mine")
    with Bound(lambda: {"step": "one"}):
        StepFields().filter(record)
    assert vars(record)["step"] == "mine"
