"""``flask tasker db``: the tables, with Flask-Migrate (``install``) or without it (``upgrade``, ``sql``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import AppGroup

from ..config import Settings
from ..errors import ConfigurationError, TaskerError
from ..extension.host import host_engine
from ..migrations import LATEST
from ..migrations.direct import upgrade_database
from ..migrations.revisions import version_in_revisions, write_revision
from ..migrations.script import sql_script
from .failing import clear_errors

db = AppGroup("db", help="The tables of flask_tasker in the app's database.")


@db.command("install")
@click.option("--inline", is_flag=True, help="Write the operations out, so that the revision needs no flask_tasker.")
@click.option("--directory", "-d", help="The migrations folder, if it is not the one that Flask-Migrate was given.")
def install(inline: bool, directory: str | None) -> None:
    """Write a revision for the tables on the app's current head.

    It goes from the version that the app's revisions have to the one of this package, and `flask db upgrade` applies
    it. With --inline it has Alembic's operations, as `flask db migrate` writes them, for PostgreSQL and SQLite alike.

    \b
    Example:
      flask tasker db install && flask db upgrade
    """
    with clear_errors():
        _engine()
        path = write_revision(_migrate_config(directory), bind_key=_settings().bind_key, inline=inline)
    click.echo(f"Wrote {path}; apply it with `flask db upgrade`.")


@db.command("upgrade")
def upgrade() -> None:
    """Create or upgrade the tables now, in an app without Flask-Migrate.

    \b
    Example:
      flask tasker db upgrade
    """
    with clear_errors():
        _refuse_beside_revisions()
        found = upgrade_database(_engine())
    click.echo(f"The tables have version {LATEST}" + (" already." if found == LATEST else f"; they had {found}."))


@db.command("sql")
@click.option(
    "--since", type=click.IntRange(0, LATEST), default=0, show_default=True, help="The version that is there."
)
@click.option("--to", type=click.IntRange(0, LATEST), default=LATEST, show_default=True, help="The version to come to.")
def sql(since: int, to: int) -> None:
    """Print the SQL for the app's kind of database; it connects to none.

    \b
    Example:
      flask tasker db sql --since 1 > tasker.sql
    """
    with clear_errors():
        click.echo(sql_script(_engine().dialect, since=since, to=to), nl=False)


def _settings() -> Settings:
    return Settings.of(current_app.config)


def _engine() -> sa.Engine:
    return host_engine(current_app._get_current_object(), _settings())  # type: ignore[attr-defined]


def _migrate_config(directory: str | None) -> Config:
    migrate: Any = current_app.extensions.get("migrate")
    if migrate is None:
        raise ConfigurationError(
            "the app has no Flask-Migrate; call Migrate(app, db), or apply the tables with `flask tasker db upgrade`"
        )
    config: Config = migrate.migrate.get_config(directory)
    folder = Path(directory or migrate.directory)
    if not (folder / "env.py").is_file():
        raise ConfigurationError(f"there is no migrations folder at {folder}; make one with `flask db init` first")
    return config


def _refuse_beside_revisions() -> None:
    """Both ways at once would end in "table already exists"."""
    migrate: Any = current_app.extensions.get("migrate")
    if migrate is None or not (Path(migrate.directory) / "env.py").is_file():
        return
    if version_in_revisions(ScriptDirectory.from_config(migrate.migrate.get_config())):
        raise TaskerError(
            f"the revisions in {migrate.directory} install the tables: use `flask db upgrade`, "
            "after `flask tasker db install` where the package is newer than they are"
        )
