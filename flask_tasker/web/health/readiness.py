"""Whether this process can serve: its database, the version of the tables, and its broker."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress

from ...migrations import LATEST, installed_version
from ...store.deadline import within
from ...store.reading import reading
from ..dependencies import ApiDependencies

logger = logging.getLogger(__name__)


def checks(deps: ApiDependencies) -> Mapping[str, bool]:
    """Which checks pass; the database and the broker have half of the time each."""
    seconds = deps.settings.http_timeout_seconds / 2
    database, schema = _database(deps, seconds)
    return {"database": database, "schema": schema, "broker": _broker(deps, seconds)}


def _database(deps: ApiDependencies, seconds: float) -> tuple[bool, bool]:
    """Whether it answers, and whether its tables are ones that this process serves."""
    try:
        with within(seconds), reading(deps.engine()) as session:
            version = installed_version(session.connection())
    except Exception as error:
        # Whatever it is: the answer is that the database cannot be used. The class says enough, and no address.
        logger.warning("the database is not ready: %s", type(error).__name__)
        return False, False
    # 0: made by create_all, and so this package's. Later ones: a deploy brings the tables before the processes, and
    # must not take the ones that still serve out of service.
    return True, version is not None and (version == 0 or version >= LATEST)


def _broker(deps: ApiDependencies, seconds: float) -> bool:
    with suppress(Exception):
        return deps.broker_answers(seconds)
    return False
