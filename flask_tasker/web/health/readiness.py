"""Whether this process can serve: its database, the version of the tables, and its broker."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress

from ...migrations import LATEST
from ...store.deadline import within
from ...store.health import Tables, tables
from ...store.reading import reading
from ..dependencies import ApiDependencies

logger = logging.getLogger(__name__)


def checks(deps: ApiDependencies) -> Mapping[str, bool]:
    """Which checks pass; the database and the broker have half of the time each."""
    seconds = deps.settings.http_timeout_seconds / 2
    found = _tables(deps, seconds)
    return {
        "database": found is not None,
        "schema": found is not None and _is_served(found),
        "broker": _broker(deps, seconds),
    }


def _tables(deps: ApiDependencies, seconds: float) -> Tables | None:
    try:
        with within(seconds), reading(deps.engine()) as session:
            return tables(session.connection())
    except Exception as error:
        # Whatever it is: the answer is that the database cannot be used. The class says enough, and no address.
        logger.warning("the database is not ready: %s", type(error).__name__)
        return None


def _is_served(found: Tables) -> bool:
    # 0: made by create_all, and so this package's. Later ones: a deploy brings the tables before the processes, and
    # must not take the ones that still serve out of service.
    return found.version is not None and (found.version == 0 or found.version >= LATEST)


def _broker(deps: ApiDependencies, seconds: float) -> bool:
    with suppress(Exception):
        return deps.broker_answers(seconds)
    return False
