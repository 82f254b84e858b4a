"""Version 2, for those who have version 1: their revisions go on from there, their rows stay, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from flask_tasker.migrations import LATEST, downgrade, installed_version, revisions, upgrade, versions
from flask_tasker.migrations.direct import upgrade_database
from flask_tasker.migrations.script import sql_script
from flask_tasker.models import Base
from tests.migrations.catalogue import Catalogue, catalogue, run_script
from tests.migrations.hosts import Host

A_TASK = """
INSERT INTO tasker_named_tasks (namespace, name, version, created_at)
VALUES ('default', 'order', '1', '2026-05-06 12:00:00.000');
INSERT INTO tasker_tasks (named_task_id, status, context, initiator, source_system, tags, bypass_steps, owner,
                          identity_hash, identity_minute, requested_at, created_at, updated_at)
VALUES (1, 'pending', '{}', 'x', 'x', '["urgent"]', '[]', 'ann', 'h', '2026-05-06 12:00:00.000',
        '2026-05-06 12:00:00.000', '2026-05-06 12:00:00.000', '2026-05-06 12:00:00.000');
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url)
    yield engine
    engine.dispose()


def up(engine: sa.Engine, to: int) -> None:
    with engine.begin() as connection:
        upgrade(Operations(MigrationContext.configure(connection)), to=to)


def down(engine: sa.Engine, to: int) -> None:
    with engine.begin() as connection:
        downgrade(Operations(MigrationContext.configure(connection)), to=to)


def of_models(engine: sa.Engine) -> Catalogue:
    """What ``create_all`` gives; the database is left empty."""
    Base.metadata.create_all(engine)
    found = catalogue(engine)
    Base.metadata.drop_all(engine)
    return found


def version_in(engine: sa.Engine) -> int | None:
    with engine.connect() as connection:
        return installed_version(connection)


def tasks_in(engine: sa.Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text("SELECT owner, status FROM tasker_tasks"))]


def test_from_the_first_version_the_tables_become_those_of_the_models(engine: sa.Engine) -> None:
    wanted = of_models(engine)
    up(engine, 1)
    assert catalogue(engine) != wanted
    up(engine, LATEST)
    assert catalogue(engine) == wanted
    assert version_in(engine) == LATEST


def test_back_to_the_first_version_they_are_as_they_were(engine: sa.Engine) -> None:
    up(engine, 1)
    before = catalogue(engine)
    up(engine, 2)
    down(engine, 1)
    assert catalogue(engine) == before
    assert version_in(engine) == 1


def test_tasks_stay_through_both(engine: sa.Engine) -> None:
    up(engine, 1)
    run_script(engine, "BEGIN;" + A_TASK + "COMMIT;")
    up(engine, 2)
    assert tasks_in(engine) == [("ann", "pending")]
    down(engine, 1)
    assert tasks_in(engine) == [("ann", "pending")]


def test_the_sql_script_goes_there_and_back(engine: sa.Engine) -> None:
    wanted = of_models(engine)
    up(engine, 1)
    before = catalogue(engine)
    run_script(engine, sql_script(engine.dialect, since=1, to=LATEST))
    assert catalogue(engine) == wanted
    run_script(engine, sql_script(engine.dialect, since=LATEST, to=1))
    assert catalogue(engine) == before


def test_db_upgrade_of_an_app_without_revisions_goes_on_from_the_first(engine: sa.Engine) -> None:
    wanted = of_models(engine)
    up(engine, 1)
    assert upgrade_database(engine) == 1
    assert catalogue(engine) == wanted


def test_tags_have_an_index_that_only_tasks_with_tags_are_in(engine: sa.Engine) -> None:
    up(engine, 2)
    (definition,) = [row[-1] for row in catalogue(engine)["indexes"] if "ix_tasker_tasks_tags" in row]
    assert "WHERE" in definition
    assert ("USING gin (tags jsonb_path_ops)" in definition) == (engine.dialect.name == "postgresql")


@pytest.fixture
def installed_host(host: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host that installed the tables when there was no version but the first."""
    with monkeypatch.context() as earlier:
        earlier.setattr(versions, "STEPS", versions.STEPS[:1])
        for module in (versions, revisions):
            earlier.setattr(module, "LATEST", 1)
        host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    assert version_in(host.engine()) == 1
    return host


@pytest.mark.parametrize("options", [(), ("--inline",)], ids=["call", "inline"])
def test_install_again_writes_a_revision_from_the_first_to_the_latest(
    installed_host: Host, options: tuple[str, ...]
) -> None:
    host = installed_host
    before = catalogue(host.engine())
    host.flask("tasker", "db", "install", *options)
    text = host.revisions()[-1].read_text()
    assert f"migrations.upgrade(op, since=1, to={LATEST})" in text
    assert f"migrations.downgrade(op, since={LATEST}, to=1)" in text

    host.flask("db", "upgrade")
    host.flask("db", "check")
    assert version_in(host.engine()) == LATEST
    host.flask("db", "downgrade")
    assert catalogue(host.engine()) == before
    assert version_in(host.engine()) == 1


def test_the_revisions_of_both_versions_give_what_one_revision_gives(installed_host: Host) -> None:
    host = installed_host
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    by_two = catalogue(host.engine())
    Base.metadata.drop_all(host.engine())
    assert of_models(host.engine()) == by_two
