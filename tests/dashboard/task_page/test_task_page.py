"""The page of a task: everything about it, whatever is in it, at the same cost however many steps it has."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker import Access
from tests.dashboard.task_page.watching import UI, Watcher, chain, fan
from tests.http.test_costs import statements_of
from tests.web.rows import COMPLETE, LEASED, StepRow

HOSTILE = "</title></text><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e&amp;{{ 7*7 }}"
LARGE = 1_000_000


def test_a_page_says_what_the_task_is_who_wants_it_and_how_far_it_is(watcher: Watcher) -> None:
    task_id = watcher.rows.task(
        owner="acme",
        correlation_id="c-7",
        reason="it was paid",
        steps=[StepRow(name="one", columns=COMPLETE), *chain(2)],
    )

    page = watcher.page(task_id)

    assert page.one("h1").text == f"Task {task_id} pending"
    facts = page.all("dl", class_="facts")[0].text
    for said in ("shop/copy@1.2.0", "test", "pytest", "it was paid", "acme", "c-7", "2026-03-04 05:06:07"):
        assert said in facts
    assert "33 % of 3 steps are done: 2 pending, 1 complete." in page.text


def test_each_step_has_a_box_that_leads_to_its_row(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.desk.drain()
    ids = watcher.rows.step_ids(task_id)

    page = watcher.page(task_id)

    for name, key in ids.items():
        box = page.one("a", id=f"node-{key}")
        assert box.one("title").text == f"{name}: complete"
        assert box.attributes["class"] == "node complete"
        assert page.one(id=box.attributes["href"].removeprefix("#")) is not None
        assert page.one("tbody", id=f"step-{key}").one("th").text == name
    assert len(page.one("g", class_="arrows").all("path")) == 4


def test_a_row_says_why_its_step_is_not_running(watcher: Watcher) -> None:
    failed = {"status": "error", "attempts": 3, "error": "the card was refused"}
    task_id = watcher.rows.task(
        steps=[
            StepRow(name="done", columns=COMPLETE),
            StepRow(name="failed", columns=failed),
            StepRow(name="held", columns=LEASED | {"leased_by": "host:1"}),
            StepRow(name="waiting", parents=["failed", "held", "done"]),
        ]
    )
    ids = watcher.rows.step_ids(task_id)

    page = watcher.page(task_id)

    said = {name: page.one("details", id=f"step-{key}-details").all("summary")[0].text for name, key in ids.items()}
    assert said["done"].startswith("Inputs, results and edges")
    assert said["failed"].startswith("It failed for good after 3 of 3 attempts: the card was refused")
    assert "host:1" in said["held"]
    assert said["waiting"].startswith("It waits for failed, held.")


def test_who_may_not_see_workers_is_not_told_which_of_them_holds_a_step(watcher: Watcher) -> None:
    held = LEASED | {"leased_by": "host:1"}
    task_id = watcher.rows.task(owner="acme", steps=[StepRow(name="held", columns=held)])
    step = f"{UI}/tasks/{task_id}/steps/{watcher.rows.step_ids(task_id)['held']}"

    def told() -> list[bool]:
        return ["host:1" in text for text in (watcher.page(task_id).text, watcher.desk.client.get(step).text)]

    assert told() == [True, True]
    watcher.desk.access = Access(scope="acme")
    assert told() == [False, False]
    assert "It runs." in watcher.page(task_id).one("table", class_="steps").text


def test_a_row_opens_to_inputs_results_and_edges(watcher: Watcher) -> None:
    task_id = watcher.rows.task(
        steps=[
            StepRow(name="one", columns=COMPLETE | {"results": {"cents": 4200}, "inputs": ["tea"]}),
            StepRow(name="two", parents=["one"]),
        ]
    )
    ids = watcher.rows.step_ids(task_id)

    page = watcher.page(task_id)

    one = page.one("div", id=f"step-{ids['one']}-more")
    assert [link.text for link in one.one("dl").all("a")] == ["two"]
    assert "cents: 4200" in one.text
    assert '"tea"' in one.text
    assert "Those of the task: its context" in page.one("div", id=f"step-{ids['two']}-more").text


def test_a_failure_is_shown_with_what_the_history_has_of_it(watcher: Watcher) -> None:
    task_id = watcher.desk.start("refused")
    watcher.desk.drain()

    page = watcher.page(task_id)

    key = watcher.rows.step_ids(task_id)["first"]
    assert "the card was refused" in page.one("tbody", id=f"step-{key}").one("td", class_="error-text").text
    assert "Traceback" in page.one("div", id=f"step-{key}-more").all("pre")[0].text


def test_annotations_are_shown_with_their_type_and_step(watcher: Watcher) -> None:
    task_id = watcher.rows.task()
    watcher.rows.annotation(task_id, "two", kind="ledger", data={"page": 7})

    notes = watcher.page(task_id).one("section", id="notes")

    assert notes.one("summary").text == "ledger, of two"
    assert "page: 7" in notes.text


def test_the_history_has_who_and_why_and_its_latest_line_first(watcher: Watcher) -> None:
    watcher.desk.access = Access(actor="ada@example.org")
    task_id = watcher.desk.start("refused")
    watcher.desk.drain()
    watcher.desk("DELETE", f"/tasks/{task_id}", {"reason": "the order was withdrawn"})

    lines = watcher.page(task_id).one("section", id="history").all("tr")[1:]

    times = [line.one("time").attributes["datetime"] for line in lines]
    assert times == sorted(times, reverse=True)
    cancelled = next(line.text for line in lines if "the task" in line.text)
    assert "cancelled" in cancelled
    assert "ada@example.org" in cancelled
    assert "the order was withdrawn" in cancelled


def test_a_time_line_has_a_bar_for_each_attempt(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.desk.drain()

    section = watcher.page(task_id).one("section", id="timeline")

    titles = [bar.one("title").text for bar in section.all("rect", class_="bar")]
    assert [title.partition(" running")[0] for title in titles] == [
        f"{name}, attempt 1:" for name in ("one", "two", "three", "four")
    ]


def test_a_time_line_can_be_had_as_a_table(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.desk.drain()

    section = watcher.page(task_id, "timeline=table").one("section", id="timeline")

    ran = [row for row in section.one("tbody").all("tr") if "running" in row.text]
    assert [row.one("th").text for row in ran] == ["one", "two", "three", "four"]
    assert not section.all("svg")


def test_who_may_not_see_histories_sees_none_and_no_time_line(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    tasker = watcher.desk.app.extensions["tasker"]
    tasker.authorize = lambda permission, _resource: permission != "tasker.transition:index"

    page = watcher.page(task_id)

    assert not page.all("section", id="history")
    assert not page.all("section", id="timeline")
    assert page.all("section", id="graph")


def test_a_history_that_is_out_of_scope_where_the_task_is_not_is_left_out(watcher: Watcher) -> None:
    task_id = watcher.rows.task(owner="acme")
    tasker = watcher.desk.app.extensions["tasker"]
    tasker.authorize = lambda permission, _resource: Access(
        scope="other" if permission == "tasker.transition:index" else "acme"
    )

    page = watcher.page(task_id)

    assert watcher.desk("GET", f"/tasks/{task_id}/transitions")[0] == 404
    assert not page.all("section", id="history")
    assert not page.all("section", id="timeline")


def test_who_may_not_see_histories_is_shown_no_traceback_out_of_one(watcher: Watcher) -> None:
    task_id = watcher.desk.start("refused")
    watcher.desk.drain()
    tasker = watcher.desk.app.extensions["tasker"]
    tasker.authorize = lambda permission, _resource: permission != "tasker.transition:index"

    text = watcher.page(task_id).text

    assert "the card was refused" in text
    assert "Traceback" not in text


def test_a_task_out_of_scope_is_not_there(watcher: Watcher) -> None:
    task_id = watcher.rows.task(owner="acme")
    watcher.desk.access = Access(scope="other")

    for path in (f"{UI}/tasks/{task_id}", f"{UI}/tasks/{task_id}/live"):
        assert watcher.desk.client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["0", "x", "99999999999999999999", "404", "404/live"])
def test_a_task_that_is_not_there_is_a_page_that_says_so(watcher: Watcher, path: str) -> None:
    response = watcher.desk.client.get(f"{UI}/tasks/{path}")

    assert response.status_code == 404
    assert response.mimetype == "text/html"


def test_equal_steps_are_one_box_that_a_link_opens(watcher: Watcher) -> None:
    task_id = watcher.rows.task(steps=fan(100, failed=[3, 17]))

    page = watcher.page(task_id)

    box = page.one("a", class_="fan")
    assert box.one("title").text.startswith("ship \u00d7 100: 98 complete, 2 error")
    query = box.attributes["href"].partition("?")[2].partition("#")[0]
    opened = watcher.page(task_id, query)
    assert not opened.all("a", class_="fan")
    assert len(opened.all("a", class_="node")) == 102
    assert watcher.page(task_id, "unfold=all").all("a", class_="node")


def test_steps_beyond_a_page_are_on_the_next_and_their_boxes_lead_there(watcher: Watcher) -> None:
    task_id = watcher.rows.task(steps=chain(80))
    ids = sorted(watcher.rows.step_ids(task_id).values())

    first, second = watcher.page(task_id), watcher.page(task_id, "steps=2")

    assert [body.attributes["id"] for body in rows_of(first)] == [f"step-{key}" for key in ids[:50]]
    assert [body.attributes["id"] for body in rows_of(second)] == [f"step-{key}" for key in ids[50:]]
    assert first.one("a", id=f"node-{ids[60]}").attributes["href"].endswith(f"?steps=2#step-{ids[60]}-more")
    assert second.one("a", id=f"node-{ids[60]}").attributes["href"] == f"#step-{ids[60]}-more"
    assert "51 to 80 of 80" in second.text


@pytest.mark.parametrize(
    "query", ["steps=99", "steps=-1", "steps=0", "steps=x", "zoom=huge", "unfold=x&unfold=-1", "history=99", "%00=%ff"]
)
def test_an_address_that_makes_no_sense_shows_the_task_all_the_same(watcher: Watcher, query: str) -> None:
    task_id = watcher.rows.task()
    assert f"Task {task_id}" in watcher.page(task_id, query).one("h1").text


def test_the_graph_is_drawn_as_large_as_is_asked(watcher: Watcher) -> None:
    task_id = watcher.rows.task()

    sizes = {
        zoom: watcher.page(task_id, f"zoom={zoom}").one("svg", class_="graph").attributes for zoom in ("50", "100")
    }
    fitted = watcher.page(task_id, "zoom=fit").one("svg", class_="graph").attributes

    assert int(sizes["50"]["width"]) == int(sizes["100"]["width"]) // 2
    assert "width" not in fitted


def test_a_large_value_is_shown_by_its_beginning_and_says_how_much_is_left(watcher: Watcher) -> None:
    task_id = watcher.rows.task(
        context={"text": "x" * LARGE, "list": list(range(5_000))},
        steps=[StepRow(name="one", columns=COMPLETE | {"results": ["y" * LARGE] * 3})],
    )

    response = watcher.desk.client.get(f"{UI}/tasks/{task_id}")

    assert len(response.data) < 100_000
    assert "and 998,000 more characters" in response.text
    assert "4,900 more" in response.text
    assert f'href="{UI}/tasks/{task_id}/json"' in response.text
    # Three texts in quotes, two commas with a blank and two brackets, less the 2,000 characters that are shown.
    assert f"{3 * (LARGE + 2) + 2 * 2 + 2 - 2_000:,} more characters" in response.text


def test_nothing_that_a_client_sends_becomes_part_of_the_page(watcher: Watcher) -> None:
    deep: Any = HOSTILE
    for _ in range(200):
        deep = {HOSTILE: [deep]}
    task_id = watcher.rows.task(
        name=HOSTILE,
        context={HOSTILE: deep},
        initiator=HOSTILE,
        source_system=HOSTILE,
        reason=HOSTILE,
        tags=[HOSTILE],
        bypass_steps=[HOSTILE],
        owner=HOSTILE,
        correlation_id=HOSTILE,
        steps=[
            StepRow(
                name=HOSTILE, system=HOSTILE, columns=COMPLETE | {"results": {HOSTILE: HOSTILE}, "inputs": HOSTILE}
            ),
            StepRow(name="held", columns=LEASED | {"leased_by": HOSTILE}),
            StepRow(name="failed", parents=[HOSTILE], columns={"status": "error", "error": HOSTILE}),
        ],
    )
    watcher.rows.annotation(task_id, HOSTILE, kind=HOSTILE, data={HOSTILE: HOSTILE})

    page = watcher.page(task_id)

    assert not page.all("img")
    assert [script.attributes["src"].rpartition("/")[2] for script in page.all("script")] == [
        "htmx.min.js",
        "idiomorph-ext.min.js",
        "task.js",
    ]
    written = [name for element in page.all() for name in element.attributes]
    assert not [name for name in written if name.startswith("on") or name == "style"]
    assert HOSTILE.partition("\u202e")[0] in "".join(page.texts)


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("json", "application/json", '"name":"copy"'),
        ("graph", "application/json", '"edges":'),
        ("graph?format=mermaid", "text/plain", "flowchart TD"),
    ],
)
def test_what_a_page_shows_in_part_can_be_had_whole(watcher: Watcher, path: str, kind: str, said: str) -> None:
    response = watcher.desk.client.get(f"{UI}/tasks/{watcher.desk.start()}/{path}")

    assert (response.status_code, response.mimetype) == (200, kind)
    assert said in response.text


def test_all_of_a_step_is_where_its_row_says(watcher: Watcher) -> None:
    task_id = watcher.rows.task(steps=[StepRow(name="one", columns=COMPLETE | {"results": {"cents": 4200}})])

    link = next(link for link in watcher.page(task_id).one("table", class_="steps").all("a") if "JSON" in link.text)

    assert watcher.desk.client.get(link.attributes["href"]).get_json()["step"]["results"] == {"cents": 4200}


@pytest.mark.parametrize("steps", [3, 60])
def test_a_page_takes_as_many_statements_however_many_steps_there_are(watcher: Watcher, steps: int) -> None:
    task_id = watcher.rows.task(steps=chain(steps))

    with statements_of(watcher.desk) as seen:
        watcher.page(task_id)

    assert len(seen) == 9, seen


def rows_of(page: Any) -> list[Any]:
    """The rows of the steps."""
    found: list[Any] = page.one("table", class_="steps").all("tbody")
    return found
