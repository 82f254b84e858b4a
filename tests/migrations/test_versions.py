"""From version to version: what is refused, what is assumed, and how another version is appended."""

import io
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from flask_tasker.errors import TaskerError
from flask_tasker.migrations import LATEST, Op, downgrade, installed_version, upgrade, v1, versions
from flask_tasker.migrations.script import sql_script

NEXT = LATEST + 1


def offline(dialect: str = "postgresql") -> tuple[Operations, io.StringIO]:
    text = io.StringIO()
    opts = {"as_sql": True, "output_buffer": text}
    return Operations(MigrationContext.configure(dialect_name=dialect, opts=opts)), text


def in_memory() -> sa.Engine:
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool)


def test_a_version_that_the_package_does_not_know_is_refused() -> None:
    op, text = offline()
    with pytest.raises(TaskerError, match=f"version {LATEST + 1} .* knows 0 to {LATEST}"):
        upgrade(op, to=LATEST + 1)
    assert text.getvalue() == ""


def test_a_negative_version_is_refused() -> None:
    with pytest.raises(TaskerError, match="version -1"):
        downgrade(offline()[0], to=-1)


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(TaskerError, match="need postgresql or sqlite, got mysql"):
        upgrade(offline("mysql")[0], to=1)


def test_offline_an_upgrade_starts_from_nothing() -> None:
    op, text = offline()
    upgrade(op, to=1)
    assert "CREATE TABLE tasker_tasks" in text.getvalue()


def test_offline_a_downgrade_starts_from_the_latest() -> None:
    op, text = offline()
    downgrade(op, to=0)
    assert "DROP TABLE tasker_tasks" in text.getvalue()


def test_an_upgrade_below_the_start_does_nothing() -> None:
    op, text = offline()
    upgrade(op, since=1, to=0)
    assert text.getvalue() == ""


def test_a_table_without_its_row_says_version_zero() -> None:
    with in_memory().begin() as connection:
        v1.schema.create(Operations(MigrationContext.configure(connection)))
        assert installed_version(connection) == 0


def test_the_script_of_a_transactional_database_is_one_transaction() -> None:
    script = sql_script(sa.make_url("postgresql+psycopg2://").get_dialect()(), since=0, to=1)
    assert script.startswith("BEGIN;")
    assert script.rstrip().endswith("COMMIT;")


class TestAnAppendedVersion:
    """One more version goes on from the last."""

    @pytest.fixture(autouse=True)
    def next_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def up(op: Op) -> None:
            op.execute("CREATE TABLE tasker_next (id INTEGER)")

        def down(op: Op) -> None:
            op.drop_table("tasker_next")

        monkeypatch.setattr(versions, "STEPS", (*versions.STEPS, SimpleNamespace(upgrade=up, downgrade=down)))
        monkeypatch.setattr(versions, "LATEST", NEXT)

    def test_from_the_last_only_the_next_runs(self) -> None:
        op, text = offline()
        upgrade(op, since=LATEST, to=NEXT)
        assert "tasker_next" in text.getvalue()
        assert "tasker_tasks" not in text.getvalue()

    def test_from_nothing_all_run_and_the_last_is_recorded(self) -> None:
        with in_memory().begin() as connection:
            upgrade(Operations(MigrationContext.configure(connection)), to=NEXT)
            assert installed_version(connection) == NEXT

    def test_online_the_database_says_where_to_start(self) -> None:
        with in_memory().begin() as connection:
            op = Operations(MigrationContext.configure(connection))
            upgrade(op, to=LATEST)
            upgrade(op, to=NEXT)
            assert installed_version(connection) == NEXT

    def test_back_to_the_last_only_the_next_goes(self) -> None:
        with in_memory().begin() as connection:
            op = Operations(MigrationContext.configure(connection))
            upgrade(op, to=NEXT)
            downgrade(op, to=LATEST)
            assert installed_version(connection) == LATEST
            assert not sa.inspect(connection).has_table("tasker_next")
