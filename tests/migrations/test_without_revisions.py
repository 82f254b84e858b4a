"""``flask tasker db upgrade`` and ``flask tasker db sql``, for an app without Flask-Migrate."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.errors import TaskerError
from flask_tasker.migrations import LATEST, installed_version, versions
from flask_tasker.migrations.direct import upgrade_database
from flask_tasker.models import Base
from tests.migrations.catalogue import catalogue, run_script
from tests.migrations.hosts import Host


@pytest.fixture
def host(host: Host) -> Host:
    return host.with_settings(without_migrate="1")


def test_upgrade_makes_the_tables_and_says_so(host: Host) -> None:
    assert f"have version {LATEST}; they had 0" in host.flask("tasker", "db", "upgrade")
    with host.engine().connect() as connection:
        assert installed_version(connection) == LATEST
        assert sa.inspect(connection).has_table("tasker_tasks")


def test_a_second_upgrade_changes_nothing(host: Host) -> None:
    host.flask("tasker", "db", "upgrade")
    before = catalogue(host.engine())
    assert f"have version {LATEST} already" in host.flask("tasker", "db", "upgrade")
    assert catalogue(host.engine()) == before


def test_the_printed_sql_makes_the_same_tables(host: Host) -> None:
    script = host.flask("tasker", "db", "sql")
    assert sa.inspect(host.engine()).get_table_names() == []
    run_script(host.engine(), script)
    by_script = catalogue(host.engine())
    Base.metadata.drop_all(host.engine())
    host.flask("tasker", "db", "upgrade")
    assert catalogue(host.engine()) == by_script


def test_sql_can_go_back(sqlite_host: Host) -> None:
    script = sqlite_host.flask("tasker", "db", "sql", "--since", str(LATEST), "--to", "0")
    assert "DROP TABLE tasker_tasks" in script
    assert "CREATE TABLE" not in script


def test_sql_needs_no_database(sqlite_host: Host) -> None:
    nowhere = Host(sqlite_host.folder, "postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    assert "CREATE TABLE tasker_tasks" in nowhere.flask("tasker", "db", "sql")


def test_upgrade_is_refused_where_revisions_install_the_tables(sqlite_host: Host) -> None:
    sqlite_host.flask("tasker", "db", "install")
    assert "flask db upgrade" in sqlite_host.refused("tasker", "db", "upgrade")
    assert sa.inspect(sqlite_host.engine()).get_table_names() == []


def test_upgrade_is_allowed_beside_revisions_that_do_not(sqlite_host: Host) -> None:
    sqlite_host.flask("tasker", "db", "upgrade")
    assert sa.inspect(sqlite_host.engine()).has_table("tasker_tasks")


def test_tables_of_no_known_version_are_left_alone(database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM tasker_schema_version"))
    with pytest.raises(TaskerError, match="is empty"):
        upgrade_database(engine)


def test_tables_of_a_later_package_are_left_alone(database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    upgrade_database(engine)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE tasker_schema_version SET version = {LATEST + 1}"))
    with pytest.raises(TaskerError, match=f"have version {LATEST + 1}, and this flask-tasker knows up to {LATEST}"):
        upgrade_database(engine)


def test_several_processes_at_once_make_the_tables_once(database_url: str) -> None:
    def start(_: int) -> int:
        engine = sa.create_engine(database_url, poolclass=sa.NullPool)
        return upgrade_database(engine)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [0, LATEST, LATEST, LATEST]


def test_a_failure_half_way_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    monkeypatch.setattr(versions, "_INSERT", "INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(sa.exc.DBAPIError):
        upgrade_database(engine)
    assert sa.inspect(engine).get_table_names() == []


def test_an_engine_that_begins_transactions_by_itself_is_taken_as_it_is(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/begun.sqlite", poolclass=sa.NullPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    assert upgrade_database(engine) == 0
