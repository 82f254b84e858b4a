"""The host's session finds our tables where ``TASKER_BIND_KEY`` places them."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import ORMExecuteState

from ..models import Base


def find_models_in_bind() -> None:
    """Let ``db.session`` read our models from the bind of the current app.

    Flask-SQLAlchemy asks a model's metadata for its bind. Ours is one for all apps of the process, so it has none.
    """
    if not sa.event.contains(Session, "do_orm_execute", _use_bind):
        sa.event.listen(Session, "do_orm_execute", _use_bind)


def _use_bind(execution: ORMExecuteState) -> None:
    mapper = execution.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Base) or "bind" in execution.bind_arguments:
        return
    state = current_app.extensions.get("tasker") if current_app else None
    if state is not None and state.settings.bind_key is not None:
        execution.bind_arguments["bind"] = state.runtime.host_engine
