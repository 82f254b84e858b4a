"""Health: alive, ready, and how much there is to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate

from ...store.health import Counts, Overview, overview
from ...store.reading import reading
from ..dependencies import ApiDependencies
from ..health.readiness import checks
from ..refusal import RefusedError
from .answer import answer
from .schemas import Moment
from .shown import Shown

OK: Final = "ok"
FAILED: Final = "failed"


class LiveAnswer(Shown):
    """That the process answers."""

    status = fields.String(validate=validate.Equal(OK))


class ReadyAnswer(Shown):
    """Whether the process can serve: ``ok``, or ``failed``."""

    status = fields.String(validate=validate.OneOf([OK, FAILED]))
    checks = fields.Dict(keys=fields.String(), values=fields.String())


class CountsSchema(Shown):
    """Rows by state: of the open ones all, up to a number; of the others those among the newest rows."""

    open = fields.Dict(keys=fields.String(), values=fields.Integer())
    open_counted_up_to = fields.Integer()
    ended_among_newest = fields.Dict(keys=fields.String(), values=fields.Integer())
    newest = fields.Integer()


class WorkerSchema(Shown):
    """A worker on the register."""

    name = fields.String()
    threads = fields.Integer()
    last_seen = Moment()
    living = fields.Boolean()


class StatusAnswer(Shown):
    """How much there is to do, and by whom."""

    tasks = fields.Nested(CountsSchema)
    workflow_steps = fields.Nested(CountsSchema)
    oldest_ready_step_seconds = fields.Float(allow_none=True)
    workers = fields.List(fields.Nested(WorkerSchema))


def live(_deps: ApiDependencies) -> Response:
    """That the process answers; nothing is asked of anything else."""
    return _fresh({"status": OK})


def ready(deps: ApiDependencies) -> Response:
    """Whether the process can serve, and which checks it fails; never why, since everybody may ask."""
    found = checks(deps)
    well = all(found.values())
    body = {"status": OK if well else FAILED, "checks": {name: OK if good else FAILED for name, good in found.items()}}
    return _fresh(body, status=200 if well else 503)


def status(deps: ApiDependencies) -> Response:
    """Tasks and steps by state, how long the first ready step has waited, and the workers."""
    if deps.door.enter("tasker.health_status:show").owners is not None:
        # It tells of everybody's tasks.
        raise RefusedError(403)
    with reading(deps.engine()) as session:
        found = overview(session.connection(), deps.clock())
    return _fresh(_shown(found))


def _shown(found: Overview) -> dict[str, Any]:
    return {
        "tasks": _counts(found.tasks),
        "workflow_steps": _counts(found.steps),
        "oldest_ready_step_seconds": found.oldest_ready_seconds,
        "workers": _WORKER.dump(found.workers, many=True),
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "open": counts.open,
        "open_counted_up_to": counts.open_limit,
        "ended_among_newest": counts.ended,
        "newest": counts.newest,
    }


def _fresh(body: Mapping[str, Any], *, status: int = 200) -> Response:
    response = answer(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


_WORKER: Final = WorkerSchema()
