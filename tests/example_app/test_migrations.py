"""The shop's revisions make the tables that its models, and ours, describe."""

from __future__ import annotations

import logging.config
from collections.abc import Iterator
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from example_app import create_app
from example_app.extensions import db, outside


@pytest.fixture
def bare_app(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The shop on a database without tables; its migrations leave this process's logging alone."""

    def unheeded(*_said: Any, **_options: Any) -> None:
        """What sets up logging for a whole process: other tests run in it."""

    monkeypatch.setattr(logging.config, "fileConfig", unheeded)
    shop = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": database_url})
    with shop.app_context():
        yield shop
        db.engine.dispose()
    outside.close(shop)


def test_after_an_upgrade_nothing_is_left_to_migrate(bare_app: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.check()


def test_a_downgrade_leaves_no_table_behind(bare_app: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]


def test_an_order_cannot_name_a_task_that_does_not_exist(bare_app: Flask) -> None:
    flask_migrate.upgrade()
    keys = sa.inspect(db.engine).get_foreign_keys("orders")
    assert [(key["constrained_columns"], key["referred_table"]) for key in keys] == [(["task_id"], "tasker_tasks")]
