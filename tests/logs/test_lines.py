"""Every line of an attempt says which attempt it is of, the user's own lines too."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.logging import default_handler
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import (
    Annotation,
    HandlerFactory,
    PermanentError,
    Retry,
    RetryableError,
    StepRun,
    StepSequence,
    Tasker,
    TaskHandler,
    step,
    task_handler,
)
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.logs import LineFormatter, bound_fields
from flask_tasker.redaction import REDACTED
from tests.logs.conftest import Lines
from tests.reliability.conftest import MakeLab
from tests.reliability.eventually import eventually
from tests.reliability.moments import AT_ONCE, end_leases

log = logging.getLogger("shop.of.the.user")
FIELDS = ("task_id", "task", "step", "attempt", "worker", "correlation_id")


@pytest.mark.parametrize(
    "options",
    [{}, {"timeout": timedelta(minutes=1)}, {"transactional": True}],
    ids=["plain", "with a timeout", "transactional"],
)
def test_a_line_of_the_users_has_the_fields_of_its_attempt(
    make_lab: MakeLab, lines: Lines, options: dict[str, Any]
) -> None:
    lab = make_lab(TASKER_LOG_FORMAT="json")

    @task_handler("order", namespace="shop", version="2")
    class Order(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE), **options)
        def charge(self, run: StepRun) -> None:
            log.warning("charging %s", "\nlevel=info")
            if run.attempt == 1:
                raise RetryableError("busy")

    task = lab.run(Order, correlation_id="request-7")

    assert task.status == "complete"
    of_attempt = {
        "level": "warning",
        "logger": "shop.of.the.user",
        "message": "charging \nlevel=info",
        "task_id": task.task_id,
        "task": "shop/order@2",
        "step": "charge",
        "worker": lab.runtime.worker,
        "correlation_id": "request-7",
    }
    written = lines()
    assert [{**line, "timestamp": ""} for line in written] == [
        {**of_attempt, "timestamp": "", "attempt": attempt} for attempt in (1, 2)
    ]
    assert bound_fields() == {}


def test_attempts_side_by_side_have_each_their_own_fields(make_lab: MakeLab, lines: Lines) -> None:
    lab = make_lab(TASKER_LOG_FORMAT="json")
    all_run = threading.Barrier(4)

    @task_handler("beside")
    class Beside(TaskHandler):
        @step(timeout=timedelta(minutes=1))
        def one(self, run: StepRun) -> None:
            all_run.wait(60)
            log.warning("%d", run.task_id)
            all_run.wait(60)

    with lab.working(threads=4):
        tasks = [lab.start(Beside, correlation_id=str(number)) for number in range(4)]
        eventually(lambda: not lab.open_tasks)

    said = {line["task_id"]: line for line in lines() if line["logger"] == log.name}
    assert sorted(said) == tasks
    assert [said[task_id]["message"] for task_id in tasks] == [str(task_id) for task_id in tasks]
    assert [said[task_id]["correlation_id"] for task_id in tasks] == ["0", "1", "2", "3"]


def test_a_line_of_update_annotations_has_the_fields_of_its_step(make_lab: MakeLab, lines: Lines) -> None:
    lab = make_lab(TASKER_LOG_FORMAT="json")

    @task_handler("noted")
    class Noted(TaskHandler):
        @step
        def one(self, run: StepRun) -> None: ...

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            log.warning("noting")
            raise ValueError("password=hunter2")

    task = lab.run(Noted)

    noting, failed = lines()
    assert {noting[name] for name in ("task_id", "step", "attempt")} == {task.task_id, "one", 1}
    assert {failed[name] for name in ("task_id", "step", "attempt")} == {task.task_id, "one", 1}
    assert failed["message"].startswith("update_annotations of default/noted@")
    assert f"ValueError: password={REDACTED}" in failed["exception"]


def test_a_failure_is_a_line_without_the_secret_that_it_tells(
    make_lab: MakeLab, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "flask_tasker.engine")
    lab = make_lab(TASKER_LOG_FORMAT="json")

    @task_handler("fails")
    class Fails(TaskHandler):
        @step(retry=Retry(limit=3, backoff=AT_ONCE))
        def only(self, run: StepRun) -> None:
            if run.attempt == 1:
                raise RetryableError("token=hunter2\nlevel=info")
            raise PermanentError("the gateway refused {'password': 'hunter2'}")

    lab.run(Fails)

    again, for_good = lines()
    assert (again["level"], again["attempt"]) == ("info", 1)
    assert "failed and is tried again in 0.0 s" in again["message"]
    assert (for_good["level"], for_good["attempt"]) == ("warning", 2)
    assert "failed for good (permanent: no attempt after this one can succeed)" in for_good["message"]
    assert all(set(FIELDS[:-1]) <= set(line) for line in (again, for_good))
    assert "hunter2" not in caplog.text
    assert REDACTED in again["message"]
    assert REDACTED in for_good["message"]
    assert not any("\n" in message for message in caplog.messages)


def test_a_step_that_was_asked_to_stop_and_raises_has_not_failed(
    make_lab: MakeLab, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "flask_tasker.engine")
    lab = make_lab()

    @task_handler("stopped")
    class Stopped(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            lab.operations.cancel_step(run.step_id, actor="ann")
            raise PermanentError("stopped")

    assert lab.run(Stopped).statuses == {"only": "cancelled"}
    assert [message for message in caplog.messages if "failed" in message] == []


def test_the_engines_lines_have_the_fields_as_attributes_where_no_format_is_set(
    make_lab: MakeLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab = make_lab()

    @task_handler("late")
    class Late(TaskHandler):
        @step(retry=Retry(limit=1))
        def only(self, run: StepRun) -> None:
            end_leases(lab)
            assert reclaim_ended(lab.runtime) == 1

    lab.run(Late, correlation_id="request-7")

    (record,) = [record for record in caplog.records if "its result is refused" in record.getMessage()]
    said = {name: vars(record)[name] for name in FIELDS if name != "task"}
    assert said == {
        "task_id": 1,
        "step": "only",
        "attempt": 1,
        "worker": lab.runtime.worker,
        "correlation_id": "request-7",
    }
    assert vars(record)["task"].startswith("default/late@")


def test_unset_the_hosts_logging_is_left_alone(make_lab: MakeLab) -> None:
    before = logging.getLogger().handlers[:]
    lab = make_lab()
    assert logging.getLogger().handlers == before
    assert not lab.app.logger.handlers


def test_flasks_own_handler_writes_no_line_a_second_time(lines: Lines) -> None:
    app = Flask("app of one line")
    app.logger.addHandler(default_handler)
    app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", TESTING=True, TASKER_LOG_FORMAT="json")
    SQLAlchemy(app)
    Tasker(app, handlers=HandlerFactory())

    app.logger.warning("hello")

    assert [line["message"] for line in lines()] == ["hello"]


def test_two_apps_with_two_formats_are_warned_of(lines: Lines) -> None:
    def make(name: str, form: str) -> None:
        app = Flask(name)
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", TESTING=True, TASKER_LOG_FORMAT=form)
        SQLAlchemy(app)
        Tasker(handlers=HandlerFactory()).init_app(app)

    make("first", "json")
    with pytest.warns(UserWarning, match="one process has one format") as warned:
        make("second", "keyvalue")

    assert [warning.filename for warning in warned] == [__file__]
    formats = [one.formatter for one in logging.getLogger().handlers if isinstance(one.formatter, LineFormatter)]
    assert [one.name for one in formats] == ["json"]
