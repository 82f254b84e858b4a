"""``flask tasker doctor`` lists what keeps tasks from going on, with why and what to do."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask

from flask_tasker import HandlerFactory
from flask_tasker.cli import tasker
from flask_tasker.store.workers import sign_and_glance
from tests.reliability.lab import Lab, lab_on
from tests.reliability.shapes import chain, failing


def doctor(lab: Lab) -> Result:
    """Run the command."""
    return lab.app.test_cli_runner().invoke(tasker, ["doctor"])


@pytest.fixture
def watched(lab: Lab) -> Lab:
    """A lab with a worker that has just been seen."""
    runtime = lab.runtime
    runtime.database.transaction(
        lambda connection: sign_and_glance(connection, runtime.database.clock, name="w", threads=1, expected_in=600)
    )
    return lab


def long_ago(lab: Lab) -> str:
    """A moment, as SQL of the lab's database writes it."""
    return "'2001-01-01 00:00:00.000'" if lab.runtime.database.is_sqlite else "'2001-01-01 00:00:00+00'"


def test_where_nothing_is_stuck_it_says_so(watched: Lab) -> None:
    watched.run(chain())
    watched.start(chain(), failing(one="for now"))

    found = doctor(watched)

    assert (found.output, found.exit_code) == ("nothing is stuck\n", 0)


def test_a_failed_task_waits_for_people_and_is_no_finding(watched: Lab) -> None:
    watched.run(chain(), failing(one="for good"))

    assert doctor(watched).exit_code == 0


def test_no_worker_anywhere(lab: Lab) -> None:
    found = doctor(lab)

    assert found.output == "- no worker is alive\n  start one: flask tasker worker, or serve the app\n"
    assert found.exit_code == 1


def test_a_worker_that_was_expected_and_did_not_come(watched: Lab) -> None:
    watched.execute(f"UPDATE tasker_workers SET expected_by = {long_ago(watched)}")

    assert "no worker is alive" in doctor(watched).output


def test_tasks_whose_handler_was_removed(watched: Lab) -> None:
    watched.run(chain())

    with lab_on(watched.app.config["SQLALCHEMY_DATABASE_URI"], HandlerFactory()) as other:
        watched.start(chain())
        found = doctor(other)

    assert found.output == (
        "- 1 open tasks of default/chain/0.1.0, whose handler is not known here\n"
        "  deploy the code that has it, name its module in TASKER_HANDLERS, or cancel the tasks\n"
    )
    assert found.exit_code == 1


def test_a_step_that_could_have_run_long_ago(watched: Lab) -> None:
    watched.start(chain())
    watched.execute(
        f"UPDATE tasker_workflow_steps SET next_attempt_at = {long_ago(watched)} WHERE next_attempt_at IS NOT NULL"
    )

    assert doctor(watched).output == (
        "- step 1 (one) of task 1 could have run for over a minute. It is ready since 2001-01-01 00:00:00 UTC and "
        "waits for a worker with a free thread.\n"
        "  look for workers that are missing, busy, or without its handler\n"
    )


def test_a_step_without_a_timeout_that_has_run_for_hours(watched: Lab) -> None:
    watched.start(chain())
    watched.execute(
        "UPDATE tasker_workflow_steps SET status = 'in_progress', attempts = 1, next_attempt_at = NULL, "
        f"leased_by = 'w', lease_token = '00000000000000000000000000000001', last_attempted_at = {long_ago(watched)}, "
        f"leased_until = {long_ago(watched).replace('2001', '2999')} WHERE name = 'one'"
    )

    assert doctor(watched).output == (
        "- step 1 (one) of task 1 has run for over an hour, held by w\n"
        "  give the step a timeout; if it hangs, end that process: the step is free once its lease ends\n"
    )


def test_an_app_without_a_tasker_is_told_what_is_missing() -> None:
    found = Flask("bare").test_cli_runner().invoke(tasker, ["doctor"])

    assert found.exit_code == 1
    assert "this app has no Tasker" in found.output


def test_tables_of_another_version_are_all_that_is_said(watched: Lab) -> None:
    watched.start(chain())
    watched.execute("INSERT INTO tasker_schema_version (id, version) VALUES (1, 99)")

    found = doctor(watched)

    assert found.exit_code == 1
    assert found.output.startswith("- the tasker tables are at version 99, this package wants ")
    assert found.output.count("\n- ") == 0
