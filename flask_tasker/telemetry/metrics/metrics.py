"""The metrics of one app: what is counted in this process, and what the database says when somebody looks."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from ...store.health import Overview
from .exposition import counted, text_of
from .families import Families
from .open_work import OpenWork
from .receivers import connect
from .statements import count_statements


class Metrics:
    """Counts what the signals of ``app`` tell; ``ask`` asks the database how much there is to do."""

    def __init__(self, app: Flask, ask: Callable[[], Overview]) -> None:
        self._families = Families()
        # Signals hold their receivers weakly.
        self._receivers = connect(self._families, app)
        self._open_work = OpenWork(ask)

    def watch(self, engine: sa.Engine) -> None:
        """Count the statements on ``engine`` as well."""
        count_statements(engine, self._families.statements)

    def text(self, accept: str) -> tuple[bytes, str]:
        """All figures, as the ``Accept`` header wants them, and their media type."""
        return text_of(counted(self._families.registry), self._open_work, accept=accept)
