"""The overview: its figures are those of the database, for those who may see the tasks, and one asks for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker import Access, PermanentError, StepRun, TaskHandler, step, task_handler
from flask_tasker.models import Worker
from flask_tasker.web.dashboard.overview_page.current import forget
from tests.dashboard.overview_reading import charts, part, tiles, words
from tests.http.conftest import Desk, P, desk, lasting_desk
from tests.http.test_costs import statements_of
from tests.web.rows import LEASED, Rows, StepRow

__all__ = ["desk", "lasting_desk"]

STATEMENTS: Final = 12
VIEWERS: Final = 24
HOSTILE: Final = "<script>alert(1)</script>\"'&amp;{{ 7 * 7 }}"
ERROR: Final = f"{HOSTILE}\u202egnitirw\x1b[31m"


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    forget()
    yield
    forget()


def page(desk: Desk, path: str = "/") -> str:
    """What the dashboard answers."""
    response = desk.client.get(f"{P}/ui{path}")
    assert response.status_code == 200, response.text
    return response.text


def count(desk: Desk, condition: str, table: str = "tasker_tasks") -> int:
    """How many rows there are, as SQL says."""
    with desk.app.extensions["tasker"].runtime.database.engine.connect() as connection:
        return connection.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {condition}")) or 0


def known_workload(desk: Desk) -> None:
    """Three copies and two refusals, one of them mended by hand; and one task that waits."""
    for _ in range(3):
        desk.start()
    refused = [desk.start("refused") for _ in range(2)]
    desk.drain()
    desk("PATCH", f"/tasks/{refused[0]}/workflow_steps/{first_step(desk, refused[0])}", {"inputs": {"good": True}})
    assert desk("POST", f"/tasks/{refused[0]}/retry")[0] == 200
    desk.drain()
    desk.start()


def first_step(desk: Desk, task_id: int) -> int:
    step_id: int = desk.step(task_id, "first")["workflow_step_id"]
    return step_id


def test_the_figures_equal_counts_taken_by_sql(desk: Desk) -> None:
    known_workload(desk)

    html = page(desk)

    assert tiles(html) == {status: count(desk, f"status = '{status}'") for status in tiles(html)}
    assert tiles(html)["complete"] == 4
    complete, failed = (count(desk, f"to_status = '{to}'", "tasker_task_transitions") for to in ("complete", "error"))
    ran = "from_status = 'in_progress' AND to_status"
    steps = tuple(count(desk, f"{ran} = '{to}'", "tasker_workflow_step_transitions") for to in ("complete", "error"))
    assert charts(html) == {
        "tasks-hour": (complete, failed),
        "tasks-day": (complete, failed),
        "attempts-hour": steps,
        "attempts-day": steps,
    }
    assert (complete, failed, steps) == (4, 2, (14, 2))
    assert "shop/copy@1.10 : 4" in part(html, "of-kinds")
    assert "default: 2 of 4 attempts failed" in part(html, "of-systems").replace(" :", ":")
    assert "1 step waits" in part(html, "of-ready")


def test_each_number_leads_to_the_tasks_that_it_counts(desk: Desk) -> None:
    known_workload(desk)
    html = page(desk)
    links = re.findall(r'id="(?:state|kind-\d)-\w+"[^>]*href="([^"]+)"[^>]*>(?:<span class="count">)?(\d+)', html)
    assert len(links) > len(tiles(html))
    for address, number in links:
        query = unescape(address).partition("?")[2]
        assert len(desk.ids(query)) == int(number), address


def test_a_tenant_sees_their_own_tasks_and_no_trace_of_others(desk: Desk) -> None:
    mine, others = Access(actor="ann", owner="ann", scope="ann"), Access(actor="bob", owner="bob", scope="bob")
    desk.access = others
    foreign = [desk.start("refused"), desk.start("refused")]
    desk.drain()
    foreign.append(desk.start())
    desk.access = mine
    own = desk.start()

    html = page(desk)

    assert tiles(html) == {**dict.fromkeys(tiles(html), 0), "pending": 1}
    assert set(charts(html).values()) == {(0, 0)}
    assert set(map(int, re.findall(r"/ui/tasks/(\d+)", html))) == {own}
    assert "refused" not in words(html)
    desk.access = others
    assert tiles(page(desk))["error"] == 2
    assert {int(found) for found in re.findall(r"/ui/tasks/(\d+)", page(desk))} <= set(foreign)


@pytest.mark.parametrize("path", ["/", "/figures"])
def test_who_has_a_scope_sees_what_runs_of_theirs_and_no_workers(desk: Desk, path: str) -> None:
    rows = Rows(engine_of(desk))
    held = StepRow(name="mine", columns=LEASED | {"leased_by": "host:1"})
    task_id = rows.task(owner="ann", steps=[held])
    rows.task(owner="bob", steps=[StepRow(name="theirs", columns=LEASED | {"leased_by": "host:1"})])
    on_the_register(desk, "host:1", "host:2")

    desk.access = Access(actor="ann", owner="ann", scope="ann")
    crew = part(page(desk, path), "of-crew")
    desk.access = True
    of_all = part(page(desk, path), "of-crew")

    assert f"mine of task {task_id} for" in crew
    assert "theirs" not in crew
    assert "host" not in crew
    assert "alive" not in crew
    assert "threads" not in crew
    assert ("host:1" in of_all, "host:2" in of_all, "theirs" in of_all) == (True, True, True)


def test_who_may_not_see_the_status_of_health_sees_what_runs_and_no_workers(desk: Desk) -> None:
    Rows(engine_of(desk)).task(steps=[StepRow(name="held", columns=LEASED | {"leased_by": "host:1"})])
    on_the_register(desk, "host:1")
    desk.app.extensions["tasker"].authorize = lambda permission, _resource: permission != "tasker.health_status:show"

    crew = part(page(desk), "of-crew")

    assert crew.startswith("Running held of task")
    assert "host" not in crew


def engine_of(desk: Desk) -> sa.Engine:
    engine: sa.Engine = desk.app.extensions["tasker"].runtime.database.engine
    return engine


def on_the_register(desk: Desk, *names: str) -> None:
    """Workers that live."""
    now = datetime.now(UTC)
    with Session(engine_of(desk)) as session:
        for name in names:
            seen = {"started_at": now, "seen_at": now, "expected_by": now + timedelta(hours=1)}
            session.add(Worker(name=name, threads=4, **seen))
        session.commit()


@pytest.mark.parametrize("path", ["/", "/figures"])
def test_the_callback_is_asked_for_each_request_what_they_may_see(desk: Desk, path: str) -> None:
    for _ in range(2):
        desk.asked.clear()
        page(desk, path)
        assert desk.asked == ["tasker.dashboard:show", "tasker.task:index", "tasker.health_status:show"]
    for access, status in ((None, 401), (False, 403)):
        desk.access = access
        assert desk.client.get(f"{P}/ui{path}").status_code == status


def test_who_may_enter_but_list_no_tasks_sees_no_figures(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    known_workload(desk)
    state = desk.app.extensions["tasker"]
    monkeypatch.setattr(state, "authorize", lambda permission, _resource: permission == "tasker.dashboard:show")
    response = desk.client.get(f"{P}/ui/")
    assert response.status_code == 403
    assert "completed" not in response.text


def test_names_and_errors_come_out_as_text(desk: Desk) -> None:
    factory = desk.app.extensions["tasker"].handlers

    @task_handler(HOSTILE, namespace=HOSTILE, version=HOSTILE, dependent_system=HOSTILE, factory=factory)
    class Hostile(TaskHandler[Any]):
        @step
        def only(self, run: StepRun[Any]) -> None:
            raise PermanentError(ERROR)

    desk.start(HOSTILE, namespace=HOSTILE)
    desk.drain()
    for view in ("/", "/?view=tables"):
        html = page(desk, view)
        assert f"{HOSTILE}/{HOSTILE}@{HOSTILE}" in words(html)
        assert f"PermanentError: {ERROR}" in words(html)
        assert "<script>" not in html
        assert not re.search(r"\s(on\w+|style)=", html)
        assert "49" not in part(html, "of-kinds")


def test_a_page_takes_a_fixed_number_of_statements(desk: Desk) -> None:
    for workload in (lambda: desk.start("refused"), lambda: known_workload(desk)):
        workload()
        desk.drain()
        forget()
        with statements_of(desk) as seen:
            page(desk)
        assert len(seen) == STATEMENTS, seen


def test_of_all_who_look_at_once_one_asks_the_database(desk: Desk) -> None:
    known_workload(desk)

    def look(number: int) -> dict[str, int]:
        response = desk.app.test_client().get(f"{P}/ui/{'figures' if number % 2 else ''}")
        return tiles(response.text)

    with statements_of(desk) as seen, ThreadPoolExecutor(VIEWERS) as viewers:
        answers = list(viewers.map(look, range(VIEWERS)))

    assert answers == [answers[0]] * VIEWERS
    assert answers[0]["complete"] == 4
    assert len(seen) == STATEMENTS


def test_who_may_see_other_tasks_is_not_given_the_same_figures(desk: Desk) -> None:
    desk.access = Access(actor="ann", owner="ann", scope="ann")
    desk.start()
    seen = {}
    for scope in ("ann", "bob", None, ("ann", "bob"), ("bob", "ann")):
        desk.access = Access(actor="x", scope=scope)
        with statements_of(desk) as statements:
            seen[scope] = (tiles(page(desk))["pending"], len(statements))
    assert seen == {
        "ann": (1, STATEMENTS),
        "bob": (0, STATEMENTS),
        None: (1, STATEMENTS),
        ("ann", "bob"): (1, STATEMENTS),
        ("bob", "ann"): (1, 0),
    }


def test_the_page_follows_unless_it_is_to_stand_still(desk: Desk) -> None:
    html = page(desk)
    assert html.startswith("<!doctype html>")
    assert f'hx-get="{P}/ui/figures" hx-trigger="every 5s"' in html
    figures = page(desk, "/figures")
    assert figures.startswith('<div id="figures" hx-get=')
    assert "<main" not in figures
    still = page(desk, "/?live=off")
    assert "hx-get" not in still
    assert ">Follow</a>" in still


def test_charts_can_be_read_as_tables(desk: Desk) -> None:
    known_workload(desk)
    drawn, listed = page(desk), page(desk, "/?view=tables")
    assert charts(listed) == charts(drawn)
    assert (drawn.count('class="bars"'), listed.count('class="bars"')) == (4, 0)
    for key, rows in (("tasks-hour", 12), ("tasks-day", 24)):
        [table] = re.findall(rf'id="{key}">.*?<tbody>(.*?)</tbody>', listed, re.DOTALL)
        numbers = [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', table)]
        assert len(numbers) == 2 * rows
        assert (sum(numbers[::2]), sum(numbers[1::2])) == charts(drawn)[key]


def test_an_empty_database_has_an_overview(desk: Desk) -> None:
    html = page(desk)
    assert set(tiles(html).values()) == {0}
    assert "No step waits." in part(html, "of-ready")
    assert "No worker is on the register" in part(html, "of-crew")
    assert "There are no tasks yet." in part(html, "of-kinds")
