"""Recording completed steps, and what follows from each, for any number of steps at once.

One statement, in one snapshot: the steps are completed, their children that this makes ready are claimed or marked, and
tasks of which nothing is left are settled. What another transaction records at the same moment it does not see, so that
it says of each step whether somebody has to look again after the commit (``looks.py``).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from ...lifecycle import StepRef, TaskStatus
from ..claims import ClaimedStep
from ..clock import Clock
from ..moments import reading_of
from ..settlement import Settled
from .completing import claimed_children, done, lines_of, marked_children
from .ending import look_of, settled_tasks, task_lines_of
from .noting import Note, parameters_of, written_notes
from .prepared import Prepared
from .rows import claimed_step

DONE: Final = "done"
CLAIMED: Final = "claimed"
MARKED: Final = "marked"
ENDED: Final = "ended"


@dataclass(frozen=True, kw_only=True)
class Completion:
    """A step that its handler completed.

    Attributes:
        next_token: the token under which children are claimed.
        take: how many children may be claimed here; the others are marked ready.
        known: names of the children that may be, where not all of them are known to.
        notes: the annotations that ride with it.
    """

    step_id: int
    token: uuid.UUID
    results: Any
    next_token: uuid.UUID
    take: int
    known: Sequence[str] | None = None
    notes: Sequence[Note] = ()


@dataclass(kw_only=True)
class Followed:
    """What followed from a completion: children claimed, children marked, and whether to look again.

    Attributes:
        settled: the end of its task, where this was it; of steps that were it together, one has it.
    """

    claimed: list[ClaimedStep] = field(default_factory=list)
    marked: list[StepRef] = field(default_factory=list)
    look_again: bool = False
    settled: Settled | None = None


def record_many(
    connection: sa.Connection, clock: Clock, completions: Sequence[Completion], *, worker: str, seconds: float
) -> dict[tuple[int, uuid.UUID], Followed]:
    """Complete steps, each where its token still holds it and nobody asked it to stop; the others are left out.

    Gives back what followed, by the keys of the steps and their tokens. Children are claimed for ``seconds``.
    """
    ordered = sorted(completions, key=lambda one: one.step_id)
    rows = _RECORD.run(
        connection,
        {
            **reading_of(clock),
            "step_ids": [one.step_id for one in ordered],
            "tokens": [str(one.token) for one in ordered],
            "results": [None if one.results is None else json.dumps(one.results) for one in ordered],
            "next_tokens": [str(one.next_token) for one in ordered],
            "takes": [one.take for one in ordered],
            "known": [None if one.known is None else json.dumps(list(one.known)) for one in ordered],
            **parameters_of((one.step_id, one.token, note) for one in completions for note in one.notes),
            "worker": worker,
            "seconds": seconds,
        },
    )
    followed = {row.parent_id: Followed(look_again=row.look) for row in rows if row.what == DONE}
    # Of steps that ended their task together one has its end: those of several threads each tell what theirs came to.
    last = {row.task_id: row.parent_id for row in rows if row.what == DONE}
    for row in rows:
        if row.what == ENDED:
            followed[last[row.task_id]].settled = _settled(row)
        elif row.what == CLAIMED:
            followed[row.parent_id].claimed.append(claimed_step(row))
        elif row.what == MARKED:
            followed[row.parent_id].marked.append(StepRef(row.step_id, row.name))
    # Two of one step may be given: of a thread whose lease had ended, and of the one that has claimed it since.
    return {(row.parent_id, uuid.UUID(str(row.token))): followed[row.parent_id] for row in rows if row.what == DONE}


_ROW: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "parent_id": sa.BigInteger(),
    "step_id": sa.BigInteger(),
    "name": sa.Text(),
    "task_id": sa.BigInteger(),
    "token": sa.Uuid(),
    "attempts": sa.Integer(),
    "retry_limit": sa.Integer(),
    "retryable": sa.Boolean(),
    "inputs": sa.Text(),
    "timeout_seconds": sa.Float(53),
    "claimed_at": sa.TIMESTAMP(timezone=True),
    "look": sa.Boolean(),
    "source": sa.Text(),
    "created_at": sa.TIMESTAMP(timezone=True),
    "updated_at": sa.TIMESTAMP(timezone=True),
}


def _rows(what: str, **said: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """What there is to say of something; NULL for the rest."""
    columns = [said.get(name, sa.cast(sa.null(), kind)).label(name) for name, kind in _ROW.items()]
    return sa.select(sa.literal_column(f"'{what}'").label("what"), *columns)


def _of_children(what: str, children: sa.CTE) -> sa.Select[Any]:
    return _rows(what, **{name: children.c[name] for name in _ROW if name in children.c})


def _settled(row: sa.Row[Any]) -> Settled:
    took = row.updated_at - row.created_at
    return Settled(source=TaskStatus(row.source), target=TaskStatus.COMPLETE, seconds=took.total_seconds())


def _statement() -> sa.Select[Any]:
    claimed, marked, settled = claimed_children(), marked_children(), settled_tasks()
    rows = sa.union_all(
        _rows(
            DONE,
            parent_id=done.c.workflow_step_id,
            task_id=done.c.task_id,
            token=done.c.token,
            look=look_of(settled),
        ),
        _of_children(CLAIMED, claimed),
        _of_children(MARKED, marked),
        _rows(ENDED, **{name: settled.c[name] for name in ("task_id", "source", "created_at", "updated_at")}),
    ).subquery("rows")
    return sa.select(rows).order_by(rows.c.step_id).add_cte(lines_of(claimed), task_lines_of(settled), written_notes())


_RECORD: Final = Prepared("tasker_record_3", _statement())
