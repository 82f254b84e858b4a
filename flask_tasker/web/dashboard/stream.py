"""The page of a task is told when there is a new version of it, instead of asking: as often as the app has streams."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Iterator
from typing import Final
from weakref import WeakKeyDictionary

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from ...errors import UnavailableError
from ...store.deadline import within
from ...store.unavailable import is_unavailable
from ..api.ids import id_of
from ..api.unavailable import described
from ..dependencies import ApiDependencies
from .task_page.asked import Asked
from .task_page.current import current, latest, tag_of
from .task_page.versions import Version, versions
from .visit import Visit

logger = logging.getLogger(__name__)

KEEP_ASKING: Final = 204
"""Tells browsers to try no more, without a complaint in their console: the page asks, as it does without a stream."""

_streams: Final[WeakKeyDictionary[Flask, threading.Semaphore]] = WeakKeyDictionary()


def show(visit: Visit, task_id: str) -> Response:
    """A stream of the task's versions; 204 where it is finished, or where the app has no stream to spare."""
    asked = Asked.of(request.args)
    version = current(visit, id_of(task_id))
    streams = _streams_of(visit.deps)
    if version.is_final or not streams.acquire(blocking=False):
        return Response(status=KEEP_ASKING, headers={"Cache-Control": "no-store"})
    response = Response(_versions(visit.deps, version.row.task_id, asked), mimetype="text/event-stream")
    # When it has ended, and also where a host loses it on the way out.
    response.call_on_close(weakref.finalize(response, streams.release))
    response.headers["Cache-Control"] = "no-store"
    # A proxy would hold back what is short.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _streams_of(deps: ApiDependencies) -> threading.Semaphore:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return _streams.setdefault(app, threading.Semaphore(deps.settings.sse_max_streams))


def _versions(deps: ApiDependencies, task_id: int, asked: Asked) -> Iterator[bytes]:
    """They are read after the request has ended: without its contexts, and each by a session of its own."""

    def look() -> Version | None:
        with within(deps.settings.http_timeout_seconds):
            try:
                version = latest(deps, task_id)
            except (UnavailableError, SQLAlchemyError) as error:
                if not is_unavailable(error):
                    raise
                # Who comes again is told by a 503 when to.
                logger.warning("a stream ends, since the database is not available: %s", described(error))
                return None
        if version is None:
            return None
        return Version(tag=f'W/"{tag_of(version, asked)}"', is_final=version.is_final)

    return versions(look)
