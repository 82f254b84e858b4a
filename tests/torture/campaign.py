"""One campaign: tasks are started, the monkey rages, what is left is finished, and all is looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from flask_tasker.lifecycle import OPEN_TASK
from flask_tasker.models import Task
from tests.torture.counts import counts_of
from tests.torture.grounds import Ground
from tests.torture.judge import judge
from tests.torture.killer import KILLED, Killer
from tests.torture.logs import logs_kept_on_failure
from tests.torture.lost_answers import LOST
from tests.torture.monkey import LONG_RUN, Monkey
from tests.torture.plans import TaskPlan, plans
from tests.torture.reading import read_everything
from tests.torture.signs import silent_workers
from tests.torture.starter import Starter
from tests.torture.tally import Tally
from tests.torture.verdict import CampaignLost, Verdict

MakeGround = Callable[[Path, Tally], AbstractContextManager[Ground]]
Say = Callable[[str], None]

SHARE_OF_THE_TIME_TO_START: Final = 0.9
LONGEST_OVERTIME: Final = 6.0
LONGEST_WAIT_FOR_THE_END: Final = 900.0
PATIENCE: Final = 120.0
"""For so many seconds no task may end before the wait is given up: far longer than any lease, retry or sweep."""

SECONDS_BETWEEN_WORDS: Final = 10.0
SECONDS_BETWEEN_LOOKS: Final = 0.2
SECONDS_TO_SIGN_ON: Final = 15.0
FAULTS_SAID: Final = 60
REFUSED: Final = "the lease was lost, its result is refused"
"""What a worker says when the fence has held."""


def run_campaign(make_ground: MakeGround, *, seconds: float, seed: int, say: Say) -> Verdict:
    """Run one campaign of so many seconds, and wait for what is left to finish.

    Raises:
        CampaignLost: something was wrong; it is said, and the verdict names it.
    """
    tally = Tally()
    with logs_kept_on_failure(say) as home, make_ground(home, tally) as ground:
        wanted = plans(seed, max(ground.fewest, round(ground.pace * SHARE_OF_THE_TIME_TO_START * seconds)))
        say(f"{ground.name}: {len(wanted)} tasks in {seconds:g} s, seed {seed}")
        verdict = Campaign(ground, wanted, seconds=seconds, seed=seed, tally=tally, say=say).run()
        if not verdict.is_good:
            say_faults(verdict.faults, say)
            raise CampaignLost(verdict)
        return verdict


@dataclass
class Campaign:
    """The tasks, the monkey and the processes of one run."""

    ground: Ground
    wanted: Sequence[TaskPlan]
    _: KW_ONLY
    seconds: float
    seed: int
    tally: Tally
    say: Say
    asked: Tally = field(default_factory=Tally)

    def run(self) -> Verdict:
        """From the start of the processes to the verdict."""
        try:
            self.ground.fleet.start()
            self._rage()
            waited = self._wait_for_the_end()
            faults = silent_workers(self.ground.engine, self.ground.fleet.pids(lived=SECONDS_TO_SIGN_ON))
        finally:
            ends = self.ground.fleet.stop()
        everything = read_everything(self.ground.engine)
        return Verdict(
            name=self.ground.name,
            seed=self.seed,
            seconds=self.seconds,
            asked=self.asked.all(),
            mischief={**self.tally.all(), **self._of_processes()},
            outcome=counts_of(everything),
            seconds_to_finish=waited,
            faults=[*faults, *ends, *map(str, judge(everything, self.wanted)), *self._shortfalls()],
        )

    def _rage(self) -> None:
        """Start the tasks while the monkey rages."""
        pace = len(self.wanted) / (SHARE_OF_THE_TIME_TO_START * self.seconds)
        starter = Starter(self.ground.start, self.ground.engine, self.wanted, pace=pace, tally=self.asked)
        hands: list[Killer | Monkey] = [
            Killer(self.ground.fleet, lives=self.ground.lives, seed=self.seed, tally=self.tally),
            *(Monkey(kinds, seconds=self.seconds, seed=self.seed, tally=self.tally) for kinds in self.ground.mischief),
        ]
        starter.start()
        for hand in hands:
            hand.start()
        try:
            self._watch()
        except BaseException:
            starter.stop()
            raise
        finally:
            for hand in hands:
                hand.stop()
        starter.finish(within=PATIENCE)

    def _watch(self) -> None:
        """Wait until the time is over; a little longer where the machine is too slow for the kills that are needed."""
        began = said = time.monotonic()
        while (gone := time.monotonic() - began) < self.seconds or (
            gone < LONGEST_OVERTIME * self.seconds and self.tally[KILLED] < self._needed()[KILLED]
        ):
            time.sleep(SECONDS_BETWEEN_LOOKS)
            if time.monotonic() > said + SECONDS_BETWEEN_WORDS:
                said = time.monotonic()
                self.say(f"  {gone:4.0f} s, {self.tally[KILLED]} kills")

    def _wait_for_the_end(self) -> float:
        """Wait until no task is open, or nothing moves any more, and give back how many seconds that took."""
        began = moved = said = time.monotonic()
        fewest = left = open_tasks(self.ground.engine)
        while left and time.monotonic() < min(moved + PATIENCE, began + LONGEST_WAIT_FOR_THE_END):
            time.sleep(SECONDS_BETWEEN_LOOKS)
            left = open_tasks(self.ground.engine)
            if left < fewest:
                fewest, moved = left, time.monotonic()
            if time.monotonic() > said + SECONDS_BETWEEN_WORDS:
                said = time.monotonic()
                self.say(f"  the monkey sleeps; {left} tasks open")
        return time.monotonic() - began

    def _needed(self) -> Mapping[str, int]:
        """How often what must have happened, or the run proves nothing."""
        needed = {kind.name: kind.needed(self.seconds) for kinds in self.ground.mischief for kind in kinds}
        return needed | {KILLED: int(self.ground.kills_needed * self.seconds / LONG_RUN)}

    def _shortfalls(self) -> list[str]:
        return [
            f"the monkey: {name!r} happened {self.tally[name]} times, and {least} are needed"
            for name, least in self._needed().items()
            if self.tally[name] < least
        ]

    def _of_processes(self) -> Mapping[str, int]:
        fleet = self.ground.fleet
        counts = {
            "answers to commits lost, in the workers": fleet.count(LOST),
            "results refused, since the lease was lost": fleet.count(REFUSED),
            "processes killed by a step of their own": fleet.ended_by_themselves,
            "processes started": fleet.started,
        }
        return {name: number for name, number in counts.items() if number}


def open_tasks(engine: sa.Engine) -> int:
    """How many tasks are not at their end."""
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).where(Task.status.in_(OPEN_TASK))) or 0


def say_faults(faults: Sequence[str], say: Say) -> None:
    """Name them, the first ones at length."""
    for fault in faults[:FAULTS_SAID]:
        say(f"FAULT {fault}")
    if len(faults) > FAULTS_SAID:
        say(f"FAULT and {len(faults) - FAULTS_SAID} more")
