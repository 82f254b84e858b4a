"""An app full of tasks, served as a browser meets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, Tasker
from tests.fuzz.handlers import handlers
from tests.fuzz.serving import served
from tests.fuzz.states import fill


@dataclass(frozen=True)
class Stage:
    """The app, and where its dashboard is."""

    app: Flask
    tasker: Tasker
    url: str

    @property
    def home(self) -> str:
        """The address of the dashboard."""
        return f"{self.url}/tasker/ui/"


@contextmanager
def stage_in(folder: Path, factory: HandlerFactory | None = None, *, filled: bool = True) -> Iterator[Stage]:
    """On SQLite, in testing, with tasks in every state; nothing works on them."""
    url = f"sqlite:///{folder / 'browser.sqlite'}"
    app = Flask("browser")
    app.config.update(TESTING=True, SECRET_KEY="of the tests", SQLALCHEMY_DATABASE_URI=url)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=factory or handlers())
    with app.app_context():
        db.create_all()
    if filled:
        engine = sa.create_engine(url)
        fill(app, tasker, engine)
        engine.dispose()
    with served(app) as address:
        yield Stage(app, tasker, address)
    with app.app_context():
        db.engine.dispose()
