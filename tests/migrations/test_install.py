"""``flask tasker db install`` and what the host's own ``flask db`` commands then do."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from flask_tasker.migrations import LATEST, installed_version, revisions, versions
from flask_tasker.models import Base
from tests.migrations.catalogue import catalogue
from tests.migrations.hosts import Host

OURS = set(Base.metadata.tables)


def tables(host: Host) -> set[str]:
    return set(sa.inspect(host.engine()).get_table_names())


def test_as_people_type_it_the_revision_is_the_hosts_one_head_and_upgrades_with_its_own(sqlite_host: Host) -> None:
    host = sqlite_host
    host.shell("tasker", "db", "install")
    host.shell("db", "upgrade")
    heads = [line for line in host.shell("db", "heads").splitlines() if "(head)" in line]
    assert len(heads) == 1
    assert "No new upgrade operations detected" in host.shell("db", "check")
    assert tables(host) == {*OURS, "order", "alembic_version"}


def test_the_revision_upgrades_with_the_hosts_own(host: Host) -> None:
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    assert tables(host) == {*OURS, "order", "alembic_version"}


def test_after_the_upgrade_the_tables_are_those_of_the_models(host: Host) -> None:
    Base.metadata.create_all(host.engine())
    of_models = catalogue(host.engine())
    Base.metadata.drop_all(host.engine())
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    assert catalogue(host.engine()) == of_models


def test_check_is_clean_and_migrate_proposes_nothing(host: Host) -> None:
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    assert_nothing_to_migrate(host)


def test_a_naming_convention_of_the_host_leaves_nothing_to_migrate(host: Host) -> None:
    host.revisions()[-1].unlink()
    host = host.with_settings(convention="1")
    host.with_settings(without_tasker="1").flask("db", "migrate", "-m", "the shop's own")
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    assert_nothing_to_migrate(host)


def assert_nothing_to_migrate(host: Host) -> None:
    host.flask("db", "check")
    before = host.revisions()
    host.flask("db", "migrate", "-m", "nothing")
    assert host.revisions() == before


def test_a_downgrade_removes_ours_and_keeps_the_hosts(host: Host) -> None:
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    host.flask("db", "downgrade")
    assert tables(host) == {"order", "alembic_version"}


def test_the_upgrade_as_sql_has_our_tables_and_the_version(host: Host) -> None:
    host.flask("tasker", "db", "install")
    script = host.flask("db", "upgrade", "--sql")
    assert "CREATE TABLE tasker_workflow_steps" in script
    assert f"UPDATE tasker_schema_version SET version = {LATEST}" in script
    assert tables(host) == set()


def test_the_downgrade_as_sql_drops_our_tables(host: Host) -> None:
    host.flask("tasker", "db", "install")
    script = host.flask("db", "downgrade", "head:-1", "--sql")
    assert "DROP TABLE tasker_workflow_steps" in script


def test_inline_gives_the_same_tables_without_naming_the_package(host: Host) -> None:
    host.flask("tasker", "db", "install")
    host.flask("db", "upgrade")
    by_call = catalogue(host.engine())
    host.flask("db", "downgrade")
    host.revisions()[-1].unlink()

    host.flask("tasker", "db", "install", "--inline")
    host.flask("db", "upgrade")
    assert "import flask_tasker" not in host.revisions()[-1].read_text()
    assert catalogue(host.engine()) == by_call
    with host.engine().connect() as connection:
        assert installed_version(connection) == LATEST


def test_inline_can_be_taken_back(host: Host) -> None:
    host.flask("tasker", "db", "install", "--inline")
    host.flask("db", "upgrade")
    host.flask("db", "downgrade")
    assert tables(host) == {"order", "alembic_version"}


def test_the_revision_has_two_calls_that_name_both_versions(sqlite_host: Host) -> None:
    sqlite_host.flask("tasker", "db", "install")
    text = sqlite_host.revisions()[-1].read_text()
    assert f"flask_tasker.migrations.upgrade(op, since=0, to={LATEST})" in text
    assert f"flask_tasker.migrations.downgrade(op, since={LATEST}, to=0)" in text


def test_on_a_folder_without_revisions_it_is_the_first(sqlite_host: Host) -> None:
    for path in sqlite_host.revisions():
        path.unlink()
    sqlite_host.flask("tasker", "db", "install")
    assert "down_revision = None" in sqlite_host.revisions()[-1].read_text()


def test_another_folder_can_be_named(sqlite_host: Host) -> None:
    (sqlite_host.folder / "migrations").rename(sqlite_host.folder / "alembic")
    sqlite_host.flask("tasker", "db", "install", "--directory", "alembic")
    assert len(list((sqlite_host.folder / "alembic" / "versions").glob("*.py"))) == 2


@pytest.mark.parametrize("options", [(), ("--inline",)], ids=["call", "inline"])
def test_a_later_package_goes_on_from_what_the_revisions_have(
    sqlite_host: Host, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_host.flask("tasker", "db", "install", *options)
    later = SimpleNamespace(
        upgrade=lambda op: op.execute("CREATE TABLE tasker_later (id INTEGER)"),
        downgrade=lambda op: op.drop_table("tasker_later"),
    )
    monkeypatch.setattr(versions, "STEPS", (*versions.STEPS, later))
    for module in (versions, revisions):
        monkeypatch.setattr(module, "LATEST", LATEST + 1)
    sqlite_host.flask("tasker", "db", "install", *options)
    assert f"migrations.upgrade(op, since={LATEST}, to={LATEST + 1})" in sqlite_host.revisions()[-1].read_text()
    sqlite_host.flask("db", "upgrade")
    assert tables(sqlite_host) == {*OURS, "tasker_later", "order", "alembic_version"}
    sqlite_host.flask("db", "downgrade")
    assert tables(sqlite_host) == {*OURS, "order", "alembic_version"}
