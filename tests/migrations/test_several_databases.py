"""``TASKER_BIND_KEY`` under Flask-Migrate's template for several databases."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.models import Base
from tests.migrations.catalogue import catalogue
from tests.migrations.conftest import leave_logging_alone
from tests.migrations.hosts import Host

OURS = set(Base.metadata.tables)


@pytest.fixture
def other(tmp_path: Path) -> sa.Engine:
    """Where the tables go."""
    return sa.create_engine(f"sqlite:///{tmp_path / 'other.sqlite'}", poolclass=sa.NullPool)


@pytest.fixture
def host(sqlite_host: Host, other: sa.Engine) -> Host:
    """The host with a second database and a migrations folder for both."""
    shutil.rmtree(sqlite_host.folder / "migrations")
    host = sqlite_host.with_settings(other_database_url=str(other.url))
    host.flask("db", "init", "--multidb")
    leave_logging_alone(host.folder / "migrations")
    host.with_settings(without_tasker="1").flask("db", "migrate", "-m", "the shop's own")
    return host


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


@pytest.mark.parametrize("options", [(), ("--inline",)], ids=["call", "inline"])
def test_the_tables_come_to_the_database_of_the_bind_key(
    host: Host, other: sa.Engine, options: tuple[str, ...]
) -> None:
    host = host.with_settings(bind_key="other")
    host.flask("tasker", "db", "install", *options)
    host.flask("db", "upgrade")
    assert tables(other) == {*OURS, "alembic_version"}
    assert tables(host.engine()) == {"order", "alembic_version"}
    host.flask("db", "check")


def test_without_a_bind_key_they_come_to_the_default_database(host: Host, other: sa.Engine) -> None:
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    assert tables(host.engine()) == {*OURS, "order", "alembic_version"}
    assert tables(other) == {"alembic_version"}


def test_a_downgrade_removes_them_from_there(host: Host, other: sa.Engine) -> None:
    host = host.with_settings(bind_key="other")
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    host.flask("db", "downgrade")
    assert tables(other) == {"alembic_version"}


def test_db_upgrade_takes_the_database_of_the_bind_key(host: Host, other: sa.Engine) -> None:
    host.with_settings(bind_key="other").flask("tasker", "db", "upgrade")
    Base.metadata.create_all(host.engine())
    assert catalogue(other) == catalogue(host.engine())
