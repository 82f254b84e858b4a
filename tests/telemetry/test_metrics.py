"""Figures of one process: equal to what SQL counts after a known workload."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from flask_tasker import PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.engine.work import work
from flask_tasker.extension import Operations
from flask_tasker.telemetry.metrics.open_work import OpenWork
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.reliability.moments import AT_ONCE, end_leases, steal_lease
from tests.reliability.shapes import chain
from tests.telemetry.figures import Figures, counted_rows, figure, figures_of

CHAIN = "default/chain@0.1.0"

TASKS = "SELECT to_status, count(*) FROM tasker_task_transitions GROUP BY to_status"
STEPS = (
    "SELECT s.name, t.to_status, count(*) FROM tasker_workflow_step_transitions t"
    " JOIN tasker_workflow_steps s ON s.workflow_step_id = t.workflow_step_id GROUP BY s.name, t.to_status"
)


def figures(lab: Lab) -> Figures:
    """Those of the app."""
    response = lab.app.test_client().get("/tasker/metrics")
    assert response.status_code == 200, response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.content_type.startswith("text/plain; version=")
    return figures_of(response.text)


def test_figures_are_what_sql_counts(lab: Lab) -> None:
    handler = chain()
    for context in (None, None, {"fail": {"two": "for good"}}, {"fail": {"three": "for now"}}):
        lab.run(handler, context)
    found = figures(lab)
    steps, tasks = counted_rows(lab.engine, STEPS), counted_rows(lab.engine, TASKS)

    assert figure(found, "tasker_tasks_total", task=CHAIN, outcome="created") == 4
    assert figure(found, "tasker_tasks_total", task=CHAIN, outcome="complete") == tasks["complete",] == 2
    assert figure(found, "tasker_tasks_total", task=CHAIN, outcome="error") == tasks["error",] == 2
    for name in ("one", "two", "three"):
        labels = {"task": CHAIN, "step": name}
        assert figure(found, "tasker_attempts_total", **labels) == steps[name, "in_progress"]
        assert figure(found, "tasker_step_waiting_seconds_count", **labels) == steps[name, "in_progress"]
        assert figure(found, "tasker_step_duration_seconds_count", **labels) == steps[name, "in_progress"]
        assert figure(found, "tasker_steps_total", **labels, outcome="complete") == steps[name, "complete"]
    assert figure(found, "tasker_steps_total", task=CHAIN, step="three", outcome="retry") == 2
    assert figure(found, "tasker_steps_total", task=CHAIN, step="three", outcome="error") == 1
    assert figure(found, "tasker_task_duration_seconds_count", task=CHAIN, outcome="complete") == 2
    assert figure(found, "tasker_database_statements_total") > 20


def test_open_work_is_what_sql_counts(lab: Lab) -> None:
    handler = chain()
    lab.run(handler, {"fail": {"two": "for good"}})
    for _ in range(3):
        lab.start(handler)
    found = figures(lab)

    assert figure(found, "tasker_database_up") == 1
    assert figure(found, "tasker_open_tasks", status="pending") == 3
    assert figure(found, "tasker_open_tasks", status="in_progress") == 0
    # Of the task that failed, one waits for a step that has failed.
    assert figure(found, "tasker_open_steps", status="pending") == 10
    assert figure(found, "tasker_open_steps", status="error") == 1
    assert figure(found, "tasker_oldest_ready_step_seconds") > 0
    assert figure(found, "tasker_workers") == 0


def test_living_workers_and_their_sweeps_are_counted(lab: Lab) -> None:
    with lab.working():
        lab.run_by_worker(chain())
        found = figures(lab)

    assert figure(found, "tasker_workers") == 1
    assert figure(found, "tasker_sweeps_total") >= 1


def test_what_goes_wrong_is_counted(lab: Lab) -> None:
    @task_handler("robbed")
    class Robbed(TaskHandler):
        @step(retry=Retry(limit=3, backoff=AT_ONCE))
        def only(self, run: StepRun) -> bool:
            if run.attempt == 1:
                steal_lease(lab, run.step_id)
            return True

    task_id = lab.start(Robbed)
    message = lab.message(Robbed, task_id)
    lab.drain()
    assert work(lab.runtime, message) == 0
    end_leases(lab)
    assert reclaim_ended(lab.runtime) == 1
    found = figures(lab)

    labels = {"task": "default/robbed@0.1.0", "step": "only"}
    assert figure(found, "tasker_results_refused_total", **labels) == 1
    assert figure(found, "tasker_steps_total", **labels, outcome="retry") == 1
    assert figure(found, "tasker_claims_lost_total", task="default/robbed@0.1.0") == 1


def test_what_was_given_back_is_counted_as_that_and_as_no_failure(lab: Lab) -> None:
    handler = chain()
    message = lab.message(handler, lab.start(handler), "one")
    looks = iter([False])
    work(replace(lab.runtime, stopping=lambda: next(looks, True)), message)
    found = figures(lab)

    labels = {"task": CHAIN, "step": "one"}
    assert figure(found, "tasker_attempts_total", **labels) == 1
    assert figure(found, "tasker_steps_total", **labels, outcome="given_back") == 1
    assert figure(found, "tasker_steps_total", **labels, outcome="retry") == 0


def test_what_a_person_does_is_counted(lab: Lab) -> None:
    @task_handler("refused")
    class Refused(TaskHandler):
        @step(skippable=True)
        def only(self, run: StepRun) -> bool:
            raise PermanentError("no")

    first, second = lab.run(Refused), lab.run(Refused)
    operations = Operations(lab.state)
    operations.skip_step(first["only"].step_id, actor="ann")
    operations.resolve_task(second.task_id, actor="ann")
    found = figures(lab)

    task = "default/refused@0.1.0"
    assert figure(found, "tasker_steps_total", task=task, step="only", outcome="skipped") == 1
    assert figure(found, "tasker_tasks_total", task=task, outcome="reopened") == 1
    assert figure(found, "tasker_tasks_total", task=task, outcome="complete") == 1
    assert figure(found, "tasker_tasks_total", task=task, outcome="resolved_manually") == 1


def test_two_apps_in_a_process_count_apart(lab: Lab, make_lab: MakeLab) -> None:
    other = make_lab()
    lab.run(chain())

    assert figure(figures(lab), "tasker_tasks_total", task=CHAIN, outcome="complete") == 1
    assert figure(figures(other), "tasker_tasks_total", task=CHAIN, outcome="complete") == 0


def test_a_database_that_is_away_is_said_and_no_figure_is_made_up() -> None:
    def away() -> Any:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    (up,) = OpenWork(away).collect()
    assert [sample.value for sample in up.samples] == [0]


def test_a_scrape_costs_as_many_statements_whatever_there_is(lab: Lab) -> None:
    def cost() -> int:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            statements.append(statement)

        engine = lab.runtime.database.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        figures(lab)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len([one for one in statements if one.startswith("SELECT")])

    before = cost()
    for _ in range(5):
        lab.start(chain())
    assert cost() == before
