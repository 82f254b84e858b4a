"""The extensions, bound to no app yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from flask_tasker import Tasker

from .access import from_this_machine
from .gateway import Outside


class Base(DeclarativeBase):
    """Base of the shop's own tables; its constraints have names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base  # What type checkers can follow.
else:
    Model = db.Model
migrate = Migrate(render_as_batch=True)
tasker = Tasker()
tasker.authorize(from_this_machine)
outside = Outside()
