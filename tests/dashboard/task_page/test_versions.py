"""What a stream says, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_tasker.web.dashboard.task_page.versions import MOST_SECONDS, Version, versions

FIRST, SECOND = Version(tag='W/"1"', is_final=False), Version(tag='W/"2"', is_final=False)
LAST = Version(tag='W/"3"', is_final=True)


@dataclass
class Wrist:
    """A watch that goes on only while somebody waits, and what they see meanwhile."""

    seen: list[Version | None]
    now: float = 0.0
    waited: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Let the time pass."""
        self.waited.append(seconds)
        self.now += seconds

    def look(self) -> Version | None:
        """The next of what there is to see; the last of it stays."""
        return self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]

    def said(self) -> list[str]:
        """All that the stream says until it ends."""
        return [said.decode() for said in versions(self.look, clock=lambda: self.now, wait=self.wait)]


def event(version: Version) -> str:
    return f"event: version\ndata: {version.tag}\n\n"


def test_a_version_is_told_at_once_and_another_when_there_is_one() -> None:
    assert Wrist([FIRST, FIRST, SECOND, LAST]).said() == [
        "retry: 1000\n\n",
        event(FIRST),
        ":\n\n",
        event(SECOND),
        event(LAST),
    ]


def test_a_task_that_is_finished_ends_the_stream_without_a_wait() -> None:
    watch = Wrist([LAST])
    assert watch.said()[1:] == [event(LAST)]
    assert watch.waited == []


def test_a_task_that_is_gone_ends_the_stream() -> None:
    assert Wrist([FIRST, None]).said()[1:] == [event(FIRST)]


def test_a_stream_ends_after_its_time_though_the_task_goes_on() -> None:
    watch = Wrist([FIRST])
    said = watch.said()
    assert said[1:] == [event(FIRST), *[":\n\n"] * int(MOST_SECONDS)]
    assert watch.now == MOST_SECONDS
