"""A complaint is made once, and taken back once, by however many threads."""

from __future__ import annotations

import itertools

import pytest

from flask_tasker.engine.complaint import Complaint


class Overtaken:
    """A lock that another thread always takes first, and says that it works again."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint, self.lock = complaint, complaint._lock

    def __enter__(self) -> None:
        self.complaint._lock = self.lock
        self.complaint.worked()
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


@pytest.fixture(autouse=True)
def _all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="flask_tasker")


def test_a_row_of_failures_is_logged_once_and_its_end_with_how_long_it_was(caplog: pytest.LogCaptureFixture) -> None:
    seconds = itertools.count(0, 20)
    complaint = Complaint("writing", clock=lambda: next(seconds))
    complaint.worked()
    for text in ("first", "second", "third"):
        complaint.failed(ValueError(text))
    standing = [complaint.standing]
    complaint.worked()
    complaint.worked()
    standing.append(complaint.standing)
    assert standing == [True, False]
    assert caplog.messages == ["writing failed and will be tried again: first", "writing works again, after 20 s"]


def test_of_two_threads_that_find_that_it_works_again_one_says_so(caplog: pytest.LogCaptureFixture) -> None:
    complaint = Complaint("writing")
    complaint.failed(ValueError("first"))
    complaint._lock = Overtaken(complaint)  # type: ignore[assignment]
    complaint.worked()
    assert caplog.messages[1:] == ["writing works again, after 0 s"]
