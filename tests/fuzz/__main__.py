"""The command: ``python -m tests.fuzz --requests 20000 --seed 1``."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.fuzz.attack import Verdict, attack
from tests.servers import fresh_database, running_postgres

EXAMPLES: Final = 100
HIGHEST_SEED: Final = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Attack until there were as many requests; 0 where nothing was found."""
    options = parser().parse_args(arguments)
    seed = random.SystemRandom().randrange(HIGHEST_SEED) if options.seed is None else options.seed
    names = ["sqlite", "postgresql"] if options.database == "all" else [options.database]
    for name in names:
        left = options.requests // len(names)
        while left > 0:
            with DATABASES[name]() as url:
                verdict = attack(url, examples=options.examples, seed=seed)
            left -= verdict.requests
            say(f"{name}: {verdict.requests} requests, seed {seed}: {told(verdict)}")
            if not is_good(verdict):
                say(verdict.report)
                say(f"run it again with --seed {seed} --database {name} --examples {options.examples}")
                return 1
            seed += 1
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Send the API what it does not expect.")
    options.add_argument("--requests", type=int, default=20_000, help="how many at least, in all (20000)")
    options.add_argument("--examples", type=int, default=EXAMPLES, help=f"of each call in one run ({EXAMPLES})")
    options.add_argument("--seed", type=int, help="what every choice is drawn from (a new one)")
    options.add_argument("--database", choices=["all", *DATABASES], default="all", help="where (both)")
    return options


def is_good(verdict: Verdict) -> bool:
    """Whether nothing was found, and every call was reached."""
    return verdict.passed and not verdict.server_faults and not verdict.never_succeeded


def told(verdict: Verdict) -> str:
    """A verdict in a line."""
    if is_good(verdict):
        return "nothing found"
    return f"server faults {verdict.server_faults}, never succeeded {sorted(verdict.never_succeeded)}, and see below"


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of an empty SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'fuzz.sqlite'}"


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL database on a server of its own."""
    with running_postgres() as server, fresh_database(server.url) as url:
        yield url


DATABASES: Final = {"sqlite": sqlite, "postgresql": postgresql}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
