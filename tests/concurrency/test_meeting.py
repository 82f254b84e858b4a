"""Steps that end at the same moment: their join runs once, and their task ends once."""

from __future__ import annotations

from collections import Counter

from tests.concurrency.stage import Stage, stage_on

TIMES = 100


def test_a_join_runs_once_however_often_its_parents_end_together(stage: Stage) -> None:
    tasks = []
    for number in range(TIMES):
        task_id, messages = stage.start("joined", number)
        assert len(messages) == 2
        # Where one saw the other's record too late to go on itself, a message tells of the join.
        assert sum(stage.work_at_once(messages)) + stage.work_on_messages() == 3
        tasks.append(task_id)
    assert Counter(stage.meeting.joined) == Counter(tasks)
    assert [stage.status(task_id) for task_id in tasks] == ["complete"] * TIMES
    assert [stage.endings(task_id) for task_id in tasks] == [["complete"]] * TIMES


def test_two_last_leaves_that_end_together_end_their_task_once(stage: Stage) -> None:
    for number in range(50):
        task_id, messages = stage.start("leaves", number)
        assert sum(stage.work_at_once(messages)) == 2
        assert (stage.status(task_id), stage.endings(task_id)) == ("complete", ["complete"])


def test_a_leaf_that_ends_as_the_other_fails_for_good_leaves_one_error(stage: Stage) -> None:
    for number in range(30):
        task_id, messages = stage.start("one_fails", number)
        assert sum(stage.work_at_once(messages)) == 2
        assert (stage.status(task_id), stage.endings(task_id)) == ("error", ["error"])


def test_one_message_that_came_eight_times_runs_its_step_once(stage: Stage) -> None:
    for number in range(10):
        task_id, messages = stage.start("fan", number)
        ran = stage.work_at_once([messages[0]] * 8)
        assert sorted(ran) == [0] * 7 + [1]
        assert stage.history(messages[0].steps[0].step_id) == ["in_progress", "complete"]
        assert stage.status(task_id) == "in_progress"


def test_a_fan_worked_on_by_twenty_threads_is_complete_once(tables_url: str) -> None:
    with stage_on(tables_url) as stage:
        task_id, messages = stage.start("fan", 1)
        assert stage.work_at_once(messages) == [1] * len(messages)
        assert (stage.status(task_id), stage.endings(task_id)) == ("complete", ["complete"])
