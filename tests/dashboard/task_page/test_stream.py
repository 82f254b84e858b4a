"""A page that is told of new versions: by so many streams, which cost the database as much as one of them."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import httpx
import pytest
from flask import Response
from werkzeug.test import TestResponse

from flask_tasker import Access
from tests.dashboard.task_page.watching import UI, Watcher
from tests.http.conftest import desk_on
from tests.http.servers import served
from tests.http.test_costs import statements_of

STREAMS = 2
VIEWERS = 20
TRIES = 600
_between_tries = threading.Event()


@pytest.fixture
def most() -> int:
    """How many streams the app has."""
    return STREAMS


@pytest.fixture
def streaming(database_url: str, most: int) -> Iterator[Watcher]:
    """Somebody who looks at tasks of an app that has streams, on each database."""
    with desk_on(database_url, TASKER_SSE_MAX_STREAMS=most, SECRET_KEY="of the tests") as desk:
        watcher = Watcher(desk)
        watcher.forget()
        yield watcher


def listen(watcher: Watcher, task_id: int, method: str = "GET") -> TestResponse:
    """A stream; what it says is not waited for."""
    client = watcher.desk.app.test_client()
    return client.open(f"{UI}/tasks/{task_id}/stream", method=method, buffered=False)


def beginning(response: TestResponse, length: int = 2) -> list[bytes]:
    """The first that a stream says."""
    return list(islice(response.response, length))  # type: ignore[arg-type]


def test_without_the_setting_there_is_no_stream_and_no_page_asks_for_one(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    assert "data-stream" not in watcher.page(task_id).one("div", id="live").attributes
    assert listen(watcher, task_id).status_code == 204


def test_the_page_of_a_task_names_the_stream_for_what_it_shows_until_the_task_is_finished(streaming: Watcher) -> None:
    task_id = streaming.desk.start()
    live = streaming.page(task_id, "zoom=50&unfold=7").one("div", id="live")
    assert live.attributes["data-stream"] == f"{UI}/tasks/{task_id}/stream?zoom=50&unfold=7"

    streaming.desk.drain()
    assert "data-stream" not in streaming.page(task_id).one("div", id="live").attributes
    assert listen(streaming, task_id).status_code == 204


def test_a_stream_begins_with_the_version_of_the_page_that_it_was_asked_for(streaming: Watcher) -> None:
    task_id = streaming.desk.start()
    streaming.page(task_id)
    with closing(listen(streaming, task_id)) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert beginning(response)[1] == f"event: version\ndata: {streaming.version}\n\n".encode()


def test_a_stream_holds_no_connection_while_it_waits(streaming: Watcher) -> None:
    task_id = streaming.desk.start()
    with closing(listen(streaming, task_id)) as response:
        beginning(response)
        database = streaming.desk.app.extensions["tasker"].runtime.database
        assert "Connections in pool" in (status := database.engine.pool.status())
        assert database.engine.pool.checkedout() == 0, status


def test_who_may_not_see_the_page_has_no_stream_either(streaming: Watcher) -> None:
    task_id = streaming.rows.task(owner="acme")
    answers = []
    for access in (Access(scope="acme"), Access(scope="other"), False, None):
        streaming.desk.access = access
        with closing(listen(streaming, task_id)) as response:
            answers.append(response.status_code)
    assert answers == [200, 404, 403, 401]


def test_every_way_in_which_a_stream_can_end_makes_room_for_another(streaming: Watcher) -> None:
    task_id = streaming.desk.start()

    def unread() -> None:
        listen(streaming, task_id).close()

    def begun() -> None:
        with closing(listen(streaming, task_id)) as response:
            beginning(response)

    def head() -> None:
        assert listen(streaming, task_id, "HEAD").status_code == 200

    def lost() -> None:
        streaming.desk.app.after_request_funcs[None] = [lambda _response: Response("the host's own")]
        assert listen(streaming, task_id).text == "the host's own"
        streaming.desk.app.after_request_funcs.clear()
        gc.collect()

    for end in (unread, begun, head, lost):
        for _ in range(STREAMS + 1):
            end()
        listening = [listen(streaming, task_id) for _ in range(STREAMS + 1)]
        assert [response.status_code for response in listening] == [200] * STREAMS + [204], end
        for response in listening:
            response.close()


def test_a_stream_ends_while_the_database_is_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "there").mkdir()
    with desk_on(f"sqlite:///{tmp_path}/there/tasker.sqlite", TASKER_SSE_MAX_STREAMS=STREAMS) as desk:
        watcher = Watcher(desk)
        with closing(listen(watcher, desk.start())) as response:
            beginning(response)
            watcher.forget()
            desk.app.extensions["tasker"].runtime.database.engine.dispose()
            (tmp_path / "there").rename(tmp_path / "gone")
            assert list(response.response) == []
        (tmp_path / "gone").rename(tmp_path / "there")
    assert "a stream ends, since the database is not available" in caplog.text


@pytest.mark.parametrize("most", [VIEWERS])
def test_many_streams_cost_the_database_one_statement_a_second(streaming: Watcher) -> None:
    task_id = streaming.desk.start()
    streaming.page(task_id)
    streaming.forget()
    together = threading.Barrier(VIEWERS)

    def follow(_number: int) -> int:
        with closing(listen(streaming, task_id)) as response:
            together.wait()
            return len(beginning(response, length=5))

    begun = time.monotonic()
    with statements_of(streaming.desk) as seen, ThreadPoolExecutor(VIEWERS) as viewers:
        lengths = set(viewers.map(follow, range(VIEWERS)))
    seconds = time.monotonic() - begun

    assert lengths == {5}
    assert len(seen) <= 2 + int(seconds), seen


@pytest.fixture
def server(database_url: str) -> Iterator[httpx.Client]:
    """The shop with one stream, on each database."""
    with served("gunicorn", database_url, SHOP_STREAMS="1") as client:
        yield client


def task_of(client: httpx.Client, who: str) -> int:
    """A task that goes on for a day."""
    answer = client.post("/tasks", json={"task": {"name": "later"}}, headers={"X-Who": who})
    task_id: int = answer.json()["task"]["task_id"]
    return task_id


def versions_in(response: httpx.Response) -> Iterator[str]:
    """What a stream tells, as it comes."""
    return (line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: "))


def test_a_server_streams_to_one_until_the_task_ends_or_they_go_and_others_ask(server: httpx.Client) -> None:
    task_id = task_of(server, "ann")
    stream = f"/ui/tasks/{task_id}/stream"
    assert server.get(stream, headers={"X-Who": "bob"}).status_code == 404

    with server.stream("GET", stream) as response:
        assert response.status_code == 200
        told = versions_in(response)
        first = next(told)
        assert server.get(stream).status_code == 204
        server.patch(f"/tasks/{task_id}", json={"task": {"tags": ["new"]}})
        assert next(told) != first

    with opened(server, stream) as response:
        told = versions_in(response)
        next(told)
        server.delete(f"/tasks/{task_id}")
        last = list(told)[-1]

    final = server.get(f"/ui/tasks/{task_id}/live", headers={"If-None-Match": first})
    assert (final.status_code, final.headers["ETag"]) == (286, last)
    assert server.get(stream).status_code == 204


@contextmanager
def opened(client: httpx.Client, stream: str) -> Iterator[httpx.Response]:
    """A stream, as soon as the server has noticed that there is room for it."""
    for _ in range(TRIES):
        with client.stream("GET", stream) as response:
            if response.status_code == 200:
                yield response
                return
        _between_tries.wait(0.05)
    raise TimeoutError("there is no room for a stream")
