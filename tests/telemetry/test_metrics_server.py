"""The port at which the figures of workers are served."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from flask_tasker.cli.metrics_server import metrics_served
from flask_tasker.store.deadline import seconds_in_all
from flask_tasker.telemetry.metrics import serving
from flask_tasker.telemetry.metrics.serving import serve
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.servers.ports import free_port


@contextmanager
def served(text: Callable[[str], tuple[bytes, str]]) -> Iterator[str]:
    """Serve ``text``; gives back the address."""
    server = serve(text, host="127.0.0.1", port=0, token=None)
    try:
        yield f"http://127.0.0.1:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()


def test_one_scrape_is_answered_at_a_time_and_the_next_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SECONDS", 0.05)
    begun, go = threading.Event(), threading.Event()

    def text(_accept: str) -> tuple[bytes, str]:
        begun.set()
        assert go.wait(30)
        return b"figures\n", "text/plain"

    with served(text) as url:
        first = threading.Thread(target=requests.get, args=(url,), kwargs={"timeout": 30})
        first.start()
        assert begun.wait(30)
        second = requests.get(url, timeout=30)
        go.set()
        first.join(30)
        third = requests.get(url, timeout=30)

    assert (second.status_code, second.text) == (503, "another scrape is under way\n")
    assert (third.status_code, third.text) == (200, "figures\n")


def test_a_scrape_that_went_wrong_keeps_none_of_the_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SECONDS", 0.05)
    answers: list[Exception | bytes] = [ZeroDivisionError("as told"), b"figures\n"]

    def text(_accept: str) -> tuple[bytes, str]:
        answer = answers.pop(0)
        if isinstance(answer, bytes):
            return answer, "text/plain"
        raise answer

    with served(text) as url:
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=30)
        assert requests.get(url, timeout=30).status_code == 200


def test_a_scrape_waits_for_the_database_no_longer_than_a_request_does(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, seen = make_lab(TASKER_HTTP_TIMEOUT_SECONDS=7), list[float | None]()
    assert lab.state.metrics is not None
    really = lab.state.metrics.text

    def text(accept: str) -> tuple[bytes, str]:
        seen.append(seconds_in_all())
        return really(accept)

    monkeypatch.setattr(lab.state.metrics, "text", text)
    port = free_port()
    with metrics_served(lab.state, host="127.0.0.1", port=port, is_supervisor=False):
        found = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text

    assert "tasker_database_up 1.0" in found
    assert seen == [7]


@pytest.mark.parametrize(
    ("host", "token", "warned"),
    [
        ("0.0.0.0", None, True),
        ("0.0.0.0", "scraper", False),
        ("127.0.0.1", None, False),
        ("localhost", None, False),
    ],
)
def test_an_address_that_others_reach_is_said_to_be_open_where_no_token_is_set(
    make_lab: MakeLab, capsys: pytest.CaptureFixture[str], host: str, token: str | None, warned: bool
) -> None:
    lab: Lab = make_lab(TASKER_METRICS_TOKEN=token)
    with metrics_served(lab.state, host=host, port=free_port(), is_supervisor=False):
        pass

    assert ("set TASKER_METRICS_TOKEN" in capsys.readouterr().err) is warned
