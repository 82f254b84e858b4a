"""The register of worker processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..models import Worker, WorkflowStep
from .clock import Clock
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What there is to do: how many workers live; whether one fell silent, a step is due, a lease has ended."""

    living: int
    silent: bool
    due: bool
    ended: bool


def sign_and_glance(connection: sa.Connection, clock: Clock, *, name: str, threads: int, expected_in: float) -> Glance:
    """Write that a worker lives, and that it will be seen again within ``expected_in`` seconds; and look around."""
    sign = _sign(connection, clock, name=name, threads=threads, expected_in=expected_in)
    look = _glance(clock, name)
    if connection.dialect.name == "postgresql":
        # One statement: the whole fleet asks so, all the time.
        row = connection.execute(look.add_cte(sign.cte("sign"))).one()
    else:
        connection.execute(sign)
        row = connection.execute(look).one()
    return Glance(living=row.others + 1, silent=row.silent, due=row.due, ended=row.ended)


def living_workers(connection: sa.Connection, clock: Clock) -> int:
    """How many workers live."""
    workers = table_of(Worker)
    query = sa.select(sa.func.count()).select_from(workers).where(workers.c.expected_by > clock.now())
    return connection.scalar(query) or 0


def forget_silent(connection: sa.Connection, clock: Clock) -> list[str]:
    """Take the workers that were expected and did not come off the register, and give back their names.

    Whoever takes one off looks for what it may have left; one that was only paused signs on again.
    """
    workers = table_of(Worker)
    query = workers.delete().where(workers.c.expected_by <= clock.now()).returning(workers.c.name)
    return list(connection.scalars(query))


def sign_off(connection: sa.Connection, *, name: str) -> None:
    """Take a worker that stops off the register."""
    workers = table_of(Worker)
    connection.execute(workers.delete().where(workers.c.name == name))


def _sign(
    connection: sa.Connection, clock: Clock, *, name: str, threads: int, expected_in: float
) -> postgresql.Insert | sqlite.Insert:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    seen = {"seen_at": clock.now(), "expected_by": clock.after(expected_in)}
    statement = dialect.insert(Worker).values(name=name, threads=threads, started_at=clock.now(), **seen)
    upsert: postgresql.Insert | sqlite.Insert = statement.on_conflict_do_update(index_elements=["name"], set_=seen)
    return upsert


def _glance(clock: Clock, name: str) -> sa.Select[Any]:
    """One light look at what there is to do: the ends of three indexes, and the others on the register."""
    workers, steps = table_of(Worker), table_of(WorkflowStep)
    due, leased = steps.c.next_attempt_at, steps.c.leased_until
    other = workers.c.name != name
    others = sa.select(sa.func.count()).select_from(workers).where(other, workers.c.expected_by > clock.now())
    return sa.select(
        others.scalar_subquery().label("others"),
        sa.exists().where(other, workers.c.expected_by <= clock.now()).label("silent"),
        sa.exists().where(due.is_not(None), due <= clock.now()).label("due"),
        sa.exists().where(leased.is_not(None), leased <= clock.now()).label("ended"),
    )
