"""The command: ``python -m tests.torture --seconds 300 --seed 1``."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.torture.campaign import MakeGround, run_campaign
from tests.torture.embedded import sqlite
from tests.torture.grounds import postgresql
from tests.torture.report import page, table
from tests.torture.verdict import CampaignLost, Verdict

SHARE_OF_SQLITE: Final = 0.2
"""How much of the time it gets where both are asked for."""

GROUNDS: Final[dict[str, list[tuple[MakeGround, float]]]] = {
    "postgresql": [(postgresql, 1.0)],
    "sqlite": [(sqlite, 1.0)],
    "all": [(postgresql, 1.0), (sqlite, SHARE_OF_SQLITE)],
}
FEWEST_SECONDS: Final = 15.0
HIGHEST_SEED: Final = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Run the campaigns; 0 where every promise was kept."""
    options = parser().parse_args(arguments)
    seed = random.SystemRandom().randrange(HIGHEST_SEED) if options.seed is None else options.seed
    verdicts = [
        campaign(make_ground, seconds=max(FEWEST_SECONDS, options.seconds * share), seed=seed)
        for make_ground, share in GROUNDS[options.database]
    ]
    for verdict in verdicts:
        say(f"\n{table(verdict)}")
    if not all(verdict.is_good for verdict in verdicts):
        say(f"\nrun it again with --seconds {options.seconds:g} --seed {seed} --database {options.database}")
        return 1
    if options.report is not None:
        options.report.write_text(page(verdicts))
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(prog="python -m tests.torture", description="Kill everything, and count.")
    options.add_argument("--seconds", type=float, default=300.0, help="how long the monkey rages (300)")
    options.add_argument("--seed", type=int, help="what every choice is drawn from (a new one)")
    options.add_argument("--database", choices=sorted(GROUNDS), default="postgresql", help="where (postgresql)")
    options.add_argument("--report", type=Path, metavar="FILE", help="write the counts there if all is well")
    return options


def campaign(make_ground: MakeGround, *, seconds: float, seed: int) -> Verdict:
    """Run one, and give back what it came to, good or bad."""
    try:
        return run_campaign(make_ground, seconds=seconds, seed=seed, say=say)
    except CampaignLost as lost:
        return lost.verdict


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
