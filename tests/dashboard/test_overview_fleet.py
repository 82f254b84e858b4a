"""The overview while two worker processes work: its figures are those of the database, and it says who runs what."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from flask_tasker.web.dashboard.overview_page.current import forget
from tests.behaviour.eventually import eventually
from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, background, running_fleet
from tests.dashboard.overview_reading import charts, part, tiles

ENDED: Final = "from_status = 'in_progress' AND to_status"
MENDED: Final = failing("only", "lose the connection", "succeed")
REFUSED: Final = failing("only", "fail for good")


def overview(setup: Setup) -> str:
    """The page, as it is now."""
    forget()
    response = setup.app.test_client().get("/tasker/ui/")
    assert response.status_code == 200
    return response.text


def count(setup: Setup, table: str, condition: str) -> int:
    """How many rows there are, as SQL says."""
    with setup.engine.connect() as connection:
        return connection.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {condition}")) or 0


def test_figures_equal_counts_taken_by_sql_after_two_worker_processes_have_worked(
    postgres_database: str, redis_url: str, tmp_path: Path
) -> None:
    config: dict[str, Any] = {"TASKER_SWEEP_SECONDS": 0.2}
    settings = {"SQLALCHEMY_DATABASE_URI": postgres_database, "TASKER_BROKER_URL": redis_url, **config}
    gate, mark = tmp_path / "gate", tmp_path / "mark"
    with background(postgres_database, broker=redis_url, **config) as setup, running_fleet(tmp_path / "log", settings):
        setup.state.authorize = lambda _permission, _resource: True
        contexts = [*[{}] * 12, *[MENDED] * 5, *[REFUSED] * 3]
        for task_id in [setup.start("choosy", context) for context in contexts]:
            setup.finish(task_id)
        running = setup.start("choosy", {"marks": {"only": str(mark)}, "gates": {"only": str(gate)}})
        eventually(mark.exists)

        html = overview(setup)

        gate.touch()
        setup.finish(running)

        assert tiles(html) == {**dict.fromkeys(tiles(html), 0), "complete": 17, "error": 3, "in_progress": 1}
        assert charts(html)["tasks-hour"] == charts(html)["tasks-day"] == (17, 3)
        assert charts(html)["attempts-hour"] == charts(html)["attempts-day"] == (17, 8)
        assert part(html, "of-crew").startswith("Workers: 2 alive")
        assert f"runs only of task {running} for" in part(html, "of-crew")
        assert "8 of 25 attempts failed" in part(html, "of-systems")
        after = overview(setup)
        assert tiles(after) == {status: count(setup, "tasker_tasks", f"status = '{status}'") for status in tiles(after)}
        counted = (
            count(setup, "tasker_workflow_step_transitions", f"{ENDED} = '{to}'") for to in ("complete", "error")
        )
        assert charts(after)["attempts-day"] == tuple(counted)
