"""Creating tasks of kinds that the database has not seen, in this process or as a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from flask_tasker import DuplicateTaskError, HandlerFactory, StepTemplate, TaskHandler, TaskRequest, task_handler
from flask_tasker.engine import Catalogue, Runtime, create_task, create_task_once
from flask_tasker.store.clock import FixedClock
from tests.concurrency.at_once import at_once
from tests.host.shop import shop_on

NOON = FixedClock(datetime(2026, 5, 6, 12, 0, 30, tzinfo=UTC))
KINDS = 5
STEPS = ("pay", "reserve", "ship", "thank")
SYSTEMS = ("courier", "mail", "shop")


class Nothing:
    """The work of a step that is never run here."""

    def handle(self, task: object, sequence: object, step: object) -> None:
        """Do nothing."""


def handlers() -> HandlerFactory:
    """Kinds of task that share steps and systems, each in an order of its own."""
    factory = HandlerFactory()
    for kind in range(KINDS):
        turned = STEPS[kind % 4 :] + STEPS[: kind % 4]
        templates = [
            StepTemplate(name=name, dependent_system=SYSTEMS[(kind + number) % 3], handler_class=Nothing)
            for number, name in enumerate(turned)
        ]
        task_handler(f"kind-{kind}", factory=factory)(
            type(f"Kind{kind}", (TaskHandler,), {"step_templates": templates})
        )
    return factory


@contextmanager
def runtime_on(url: str) -> Iterator[Runtime]:
    """The runtime of an app whose clock stands still, so that no minute passes between two creations."""
    with shop_on(url, handlers=handlers(), made=False) as shop:
        runtime = shop.state.runtime
        yield replace(runtime, database=runtime.database.at(NOON), catalogue=Catalogue(remember=True))


def outcome(runtime: Runtime, kind: int, number: int) -> str:
    """Create a task, and say whether it was."""
    try:
        create_task(runtime, TaskRequest(name=f"kind-{kind}", context={"number": number}))
    except DuplicateTaskError:
        return "duplicate"
    return "created"


def distinct(runtime: Runtime, process: int) -> list[str]:
    """Create a task of each kind at once, all different from those of other processes."""
    return at_once([partial(outcome, runtime, kind, process) for kind in range(KINDS)])


def identical(runtime: Runtime, _process: int) -> list[str]:
    """Ask for one and the same task many times at once."""
    return at_once([partial(outcome, runtime, 0, -1)] * KINDS)


def once(runtime: Runtime, number: int) -> tuple[int, bool]:
    """Ask for a task under the one key that all use."""
    made = create_task_once(runtime, TaskRequest(name="kind-0", context={"number": number}), key="one key")
    return made.task_id, made.created


def under_one_key(runtime: Runtime, _process: int) -> list[tuple[int, bool]]:
    """Ask for one and the same task many times at once, under one key."""
    return at_once([partial(once, runtime, -1)] * KINDS)


ACTIONS: Final[Mapping[str, Callable[[Runtime, int], object]]] = {
    "distinct": distinct,
    "identical": identical,
    "under_one_key": under_one_key,
}


def main(url: str, process: int, actions: Sequence[str]) -> None:
    """Do each action when told so by a line on the standard input, and answer with the outcomes."""
    with runtime_on(url) as runtime:
        for name in actions:
            print("ready", flush=True)
            sys.stdin.readline()
            print(json.dumps(ACTIONS[name](runtime, process)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
