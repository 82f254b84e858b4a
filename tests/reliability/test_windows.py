"""What others do between two of the engine's statements, or two of its commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import NO_RETRY, HandlerFactory, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Runtime, sweep, work
from flask_tasker.engine.groups import Groups
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.errors import NotFoundError
from flask_tasker.lifecycle import StepMessage, StepRef
from flask_tasker.models import WorkflowStep
from flask_tasker.store.claims import task_facts
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab, lab_on
from tests.reliability.laws import assert_legal, assert_parents_first
from tests.reliability.moments import end_leases
from tests.reliability.shapes import chain, failing, fork

JOIN = {"left": [], "right": [], "join": ["left", "right"]}


class Commits:
    """Stands between an engine and its commits: two records of a join are held until both are about to commit."""

    def __init__(self, lab: Lab, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lab = lab
        self.both = threading.Barrier(2, timeout=30)
        self.mine = threading.local()
        self.cut: Callable[[Any], None] = lambda _connection: None
        self._really = engine.dialect.do_commit
        monkeypatch.setattr(engine.dialect, "do_commit", self.do_commit)

    def meet(self) -> None:
        """The next commit of this thread waits for that of the other."""
        self.mine.coming = 2

    def do_commit(self, connection: Any) -> None:
        """Commit, at the moment that the test wants."""
        coming = getattr(self.mine, "coming", 0)
        self.mine.coming = max(0, coming - 1)
        if coming == 2:
            self.both.wait()
        elif coming == 1:
            self.cut(connection)
        self._really(connection)

    def end(self, connection: Any) -> None:
        """End the connection of a commit."""
        self.lab.execute("SELECT pg_terminate_backend(:pid, 5000)", pid=connection.get_backend_pid())
        connection.cursor().execute("SELECT 1")


def joined(commits: Callable[[], Commits]) -> type[TaskHandler[Any]]:
    """left and right, whose records meet, and join after both."""

    @task_handler("joined")
    class Joined(TaskHandler):
        @step
        def left(self, run: StepRun) -> str:
            commits().meet()
            return "left"

        @step
        def right(self, run: StepRun) -> str:
            commits().meet()
            return "right"

        @step(depends_on=[left, right])
        def join(self, run: StepRun) -> list[str]:
            return [run.result(self.left), run.result(self.right)]

    return Joined


def alone(lab: Lab) -> Runtime:
    """A process that writes by itself, by the statements that both databases have."""
    runtime = lab.runtime
    return replace(runtime, database=replace(runtime.database, swift=None), groups=Groups())


def in_groups(lab: Lab) -> Runtime:
    """A process that writes by prepared statements; not together with another one."""
    return replace(lab.runtime, groups=Groups())


def working_on_both(
    runtime: Callable[[Lab], Runtime], lab: Lab, handler: type[TaskHandler[Any]], task_id: int
) -> list[threading.Thread]:
    """Begin to work on left and right in two threads, as if in two processes."""
    found = lab.task(task_id)
    threads = []
    for name in ("left", "right"):
        ref = StepRef(found[name].step_id, name)
        message = StepMessage(task_id=task_id, handler=handler.key(), steps=(ref,))
        threads.append(threading.Thread(target=work, args=(runtime(lab), message)))
    for thread in threads:
        thread.start()
    return threads


def work_on_both(lab: Lab, handler: type[TaskHandler[Any]], task_id: int) -> None:
    """Work on left and right, each to its end."""
    for thread in working_on_both(alone, lab, handler, task_id):
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.parametrize("cut", ["nothing", "before", "after"])
def test_two_parents_that_commit_at_the_same_moment_look_again_and_the_child_runs_once(
    postgres_lab: Lab, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither sees the other's record before its commit; the connection of one second look breaks meanwhile."""
    lab = postgres_lab
    commits = Commits(lab, lab.runtime.database.engine, monkeypatch)
    once = threading.Lock()

    def cut_off(connection: Any) -> None:
        if cut != "nothing" and once.acquire(blocking=False):
            if cut == "after":
                connection.commit()
            commits.end(connection)

    commits.cut = cut_off
    handler = joined(lambda: commits)
    task_id = lab.start(handler)
    sent: list[StepMessage] = []
    for thread in working_on_both(lambda lab: replace(alone(lab), send=sent.extend), lab, handler, task_id):
        thread.join(60)
        assert not thread.is_alive()
    # One may have looked for the child just before the other's commit, and for the task's end just after it: then it
    # has marked the child and sent its message, and the other, which was cut off, leaves it to that. No sweep helps.
    for message in sent:
        work(alone(lab), message)

    task = lab.task(task_id)
    assert task.status == "complete", {name: step.history for name, step in task.steps.items()}
    assert task["join"].results == ["left", "right"]
    assert {step.attempts for step in task.steps.values()} == {1}
    assert_legal(task)
    assert_parents_first(task, JOIN)


def test_a_second_look_that_is_not_to_be_had_is_left_to_the_sweep(
    postgres_lab_url: str,
    tasker_handlers: HandlerFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with lab_on(postgres_lab_url, tasker_handlers, TASKER_LEASE_SECONDS=0.2) as lab:
        with monkeypatch.context() as patch:
            commits = Commits(lab, lab.runtime.database.engine, patch)

            def always(connection: Any) -> None:
                commits.mine.coming = 1
                commits.end(connection)

            commits.cut = always
            handler = joined(lambda: commits)
            task_id = lab.start(handler)
            work_on_both(lab, handler, task_id)
        missed = lab.task(task_id)
        lab.drain()
        task = lab.task(task_id)

    assert missed.statuses == {"left": "complete", "right": "complete", "join": "pending"}
    assert f"task {task_id}: could not look again after step 'left'; the sweep will" in caplog.text
    assert task.status == "complete"
    assert_legal(task)


def test_two_records_of_which_neither_sees_the_other_look_again_and_the_child_runs_once(
    postgres_lab: Lab,
) -> None:
    """Both statements have read the database, and wait for locks of somebody else, before either can commit."""
    lab = postgres_lab
    started, held = threading.Barrier(3, timeout=30), threading.Event()

    @task_handler("joined")
    class Joined(TaskHandler):
        @step
        def left(self, run: StepRun) -> str:
            started.wait()
            assert held.wait(30)
            return "left"

        @step
        def right(self, run: StepRun) -> str:
            started.wait()
            assert held.wait(30)
            return "right"

        @step(depends_on=[left, right])
        def join(self, run: StepRun) -> list[str]:
            return [run.result(self.left), run.result(self.right)]

    task_id = lab.start(Joined)
    threads = working_on_both(in_groups, lab, Joined, task_id)
    started.wait()
    with lab.engine.begin() as other:
        other.execute(sa.select(WorkflowStep.name).where(WorkflowStep.status == "in_progress").with_for_update())
        held.set()
        eventually(lambda: waiting_for_locks(lab) == 2)
    for thread in threads:
        thread.join(60)

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["join"].results == ["left", "right"]
    assert {step.attempts for step in task.steps.values()} == {1}
    assert_legal(task)
    assert_parents_first(task, JOIN)


def waits_for_a_lock(lab: Lab) -> bool:
    """Whether a connection to this database waits for another."""
    return waiting_for_locks(lab) > 0


def waiting_for_locks(lab: Lab) -> int:
    """How many connections to this database wait for others."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with lab.engine.connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


def test_a_step_that_an_operator_reopens_while_the_task_is_about_to_be_settled_goes_on(postgres_lab: Lab) -> None:
    lab = postgres_lab
    task_id = lab.run(chain(), failing(one="for good")).task_id
    lab.execute("UPDATE tasker_tasks SET status = 'in_progress', context = '{}'")
    lab.execute("DELETE FROM tasker_task_transitions WHERE to_status = 'error'")

    with lab.engine.begin() as operator:
        operator.execute(sa.text("SELECT 1 FROM tasker_tasks FOR UPDATE"))
        sweeping = threading.Thread(target=lab.drain)
        sweeping.start()
        eventually(lambda: waits_for_a_lock(lab))
        operator.execute(
            sa.text(
                "UPDATE tasker_workflow_steps SET status = 'pending', attempts = 0, error = NULL, "
                "next_attempt_at = clock_timestamp() WHERE name = 'one'"
            )
        )
        operator.execute(
            sa.text(
                "INSERT INTO tasker_workflow_step_transitions "
                "(workflow_step_id, from_status, to_status, attempt, actor, created_at) "
                "SELECT workflow_step_id, 'error', 'pending', 1, 'ann', clock_timestamp() "
                "FROM tasker_workflow_steps WHERE name = 'one'"
            )
        )
    sweeping.join(60)
    lab.drain()

    task = lab.task(task_id)
    assert task.moves == [("pending", "in_progress"), ("in_progress", "complete")]
    assert_legal(task)


def test_one_ended_lease_that_cannot_be_recorded_keeps_the_sweep_from_no_other(
    sqlite_lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    lab = sqlite_lab
    freed: list[int] = []

    @task_handler("stuck")
    class Stuck(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            if run.task_id == 2:
                end_leases(lab)
                freed.append(reclaim_ended(lab.runtime))

    first, second = lab.start(Stuck), lab.start(Stuck)
    lab.execute(
        "UPDATE tasker_workflow_steps SET status = 'in_progress', attempts = 1, next_attempt_at = NULL, "
        "lease_token = '00000000000000000000000000000001', leased_until = '2001-01-01 00:00:00.000' "
        "WHERE task_id = :task",
        task=first,
    )
    lab.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE OF status ON tasker_workflow_steps "
        "WHEN OLD.task_id = 1 BEGIN SELECT RAISE(ABORT, 'as told'); END"
    )
    ref = StepRef(lab.task(second)["only"].step_id, "only")
    work(lab.runtime, StepMessage(task_id=second, handler=Stuck.key(), steps=(ref,)))

    assert freed == [1]
    assert lab.task(first)["only"].status == "in_progress"
    assert lab.task(second)["only"].error == "lease ended: the worker of attempt 1 of 1 went silent"
    assert "step 1 of task 1: its ended lease cannot be recorded" in caplog.text


@pytest.mark.parametrize("gone", ["tasker_tasks", "tasker_workflow_steps"])
def test_a_step_that_is_purged_while_an_operator_speaks_is_not_found(lab: Lab, gone: str) -> None:
    task_id = lab.start(chain())
    step_id = lab.task(task_id)["three"].step_id
    looked: list[int] = []

    @sa.event.listens_for(lab.runtime.database.engine, "begin")
    def purge(_connection: sa.Connection) -> None:
        looked.append(1)
        # The first looks the step's task up; the second is the verb's own, and on SQLite locks out all others.
        if len(looked) == 2 and not lab.runtime.database.is_sqlite:
            delete()

    @sa.event.listens_for(lab.runtime.database.engine, "checkin")
    def after_look(_connection: object, _record: object) -> None:
        if len(looked) == 1 and lab.runtime.database.is_sqlite:
            delete()

    def delete() -> None:
        lab.execute("DELETE FROM tasker_workflow_step_edges")
        lab.execute("DELETE FROM tasker_workflow_steps WHERE name = 'three'")
        if gone == "tasker_tasks":
            lab.execute("DELETE FROM tasker_tasks")

    with pytest.raises(NotFoundError, match=f"no step {step_id}" if gone == "tasker_workflow_steps" else "no task"):
        lab.operations.cancel_step(step_id, actor="ann")


def test_facts_of_a_task_that_does_not_exist_are_none(lab: Lab) -> None:
    assert lab.runtime.database.read(lambda connection: task_facts(connection, 404)) is None


def test_a_verb_whose_second_look_fails_has_been_carried_out(
    postgres_lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lab = postgres_lab

    @task_handler("fork")
    class Fork(TaskHandler):
        @step(retry=NO_RETRY)
        def left(self, run: StepRun) -> None:
            right = lab.task(run.task_id)["right"].step_id
            with monkeypatch.context() as patch:
                commits = Commits(lab, lab.runtime.database.engine, patch)
                looks: list[int] = []

                def cut_the_second(connection: Any) -> None:
                    looks.append(1)
                    commits.mine.coming = 1
                    if len(looks) == 2:
                        commits.end(connection)

                commits.cut = cut_the_second
                commits.mine.coming = 1
                assert lab.operations.skip_step(right, actor="ann") == "skipped"

        @step(depends_on=left, retry=NO_RETRY)
        def right(self, run: StepRun) -> None: ...

        @step(depends_on=[left, right])
        def join(self, run: StepRun) -> None: ...

    task_id = lab.start(Fork)
    lab.drain()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert f"task {task_id}: could not look again; the sweep will" in caplog.text
    assert_legal(task)


def test_a_ready_step_that_nobody_had_marked_runs_although_the_task_seems_to_have_failed(lab: Lab) -> None:
    task_id = lab.start(fork(), failing(left="for good"))
    lab.execute("UPDATE tasker_workflow_steps SET next_attempt_at = NULL WHERE name = 'right'")
    ref = StepRef(lab.task(task_id)["left"].step_id, "left")
    work(lab.runtime, StepMessage(task_id=task_id, handler=("default", "fork", "0.1.0"), steps=(ref,)))

    half = lab.task(task_id)
    assert (half.status, half["right"].next_attempt_at is not None) == ("in_progress", True)
    lab.drain()
    task = lab.task(task_id)
    assert task.statuses == {"left": "error", "right": "complete", "join": "pending"}
    assert task.status == "error"
    assert_legal(task)


def test_a_sweep_mends_every_page_of_open_tasks(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "PAGE", 2)
    tasks = [lab.start(chain()) for _ in range(5)]
    lab.execute("UPDATE tasker_workflow_steps SET next_attempt_at = NULL")
    between: list[int] = []

    assert sweep.Sweep(lab.runtime).mend_all(between=lambda: between.append(1)) == 5
    assert len(between) == 2
    lab.drain()
    assert {lab.task(task_id).status for task_id in tasks} == {"complete"}
