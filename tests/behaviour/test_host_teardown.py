"""A host whose teardown fails keeps no step for ever."""

from __future__ import annotations

from pathlib import Path

from tests.behaviour.harness import assert_sound, inline
from tests.behaviour.shapes import LINEAR


def test_a_step_is_recorded_although_the_hosts_teardown_fails(tmp_path: Path) -> None:
    failures: list[str] = []
    is_away = False

    def fail(_error: BaseException | None) -> None:
        if is_away:
            failures.append("the host's own teardown failed")
            raise ConnectionError(failures[-1])

    with inline(f"sqlite:///{tmp_path / 'tasker.sqlite'}") as setup:
        setup.app.teardown_appcontext(fail)
        task_id = setup.start("linear")

        is_away = True
        task = setup.finish(task_id)
        is_away = False

        assert task.status == "complete"
        assert len(failures) == len(LINEAR)
        assert_sound(task)
        assert len(setup.runtime.holdings) == 0
