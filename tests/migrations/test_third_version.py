"""Version 3, for those who have version 2: their rows stay, with no trace, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker.migrations import revisions, versions
from flask_tasker.migrations.script import sql_script
from flask_tasker.models.task import TRACE_CONTEXT
from tests.migrations.catalogue import catalogue, run_script
from tests.migrations.hosts import Host
from tests.migrations.test_second_version import A_TASK, down, up, version_in


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url)
    up(engine, 2)
    yield engine
    engine.dispose()


def traces_in(engine: sa.Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT trace_context FROM tasker_tasks")))


def test_tasks_that_are_there_have_no_trace(engine: sa.Engine) -> None:
    run_script(engine, "BEGIN;" + A_TASK + "COMMIT;")
    up(engine, 3)
    assert traces_in(engine) == [None]


def test_tasks_stay_when_it_is_undone(engine: sa.Engine) -> None:
    before = catalogue(engine)
    up(engine, 3)
    run_script(engine, "BEGIN;" + A_TASK + "UPDATE tasker_tasks SET trace_context = 'some'; COMMIT;")
    down(engine, 2)
    assert catalogue(engine) == before
    assert version_in(engine) == 2
    up(engine, 3)
    assert traces_in(engine) == [None]


def test_the_sql_script_goes_there_and_back(engine: sa.Engine) -> None:
    before = catalogue(engine)
    run_script(engine, sql_script(engine.dialect, since=2, to=3))
    assert catalogue(engine) != before
    assert version_in(engine) == 3
    run_script(engine, sql_script(engine.dialect, since=3, to=2))
    assert catalogue(engine) == before


def test_the_column_holds_as_much_as_is_written_at_most(engine: sa.Engine) -> None:
    up(engine, 3)
    run_script(engine, "BEGIN;" + A_TASK + f"UPDATE tasker_tasks SET trace_context = '{'x' * TRACE_CONTEXT}'; COMMIT;")
    assert traces_in(engine) == ["x" * TRACE_CONTEXT]


@pytest.mark.parametrize("options", [(), ("--inline",)], ids=["call", "inline"])
def test_install_again_writes_a_revision_from_the_second_to_the_third(
    sqlite_host: Host, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = sqlite_host
    with monkeypatch.context() as between:
        between.setattr(versions, "STEPS", versions.STEPS[:2])
        for module in (versions, revisions):
            between.setattr(module, "LATEST", 2)
        host.flask("tasker", "db", "install")
    with monkeypatch.context() as between:
        between.setattr(versions, "STEPS", versions.STEPS[:3])
        for module in (versions, revisions):
            between.setattr(module, "LATEST", 3)
        host.flask("tasker", "db", "install", *options)
    text = host.revisions()[-1].read_text()
    assert "migrations.upgrade(op, since=2, to=3)" in text
    assert "migrations.downgrade(op, since=3, to=2)" in text

    host.flask("db", "upgrade")
    assert version_in(host.engine()) == 3
    host.flask("db", "downgrade")
    assert version_in(host.engine()) == 2


def test_postgresql_has_the_time_in_front_so_that_new_rows_share_a_page(postgres_database: str) -> None:
    engine = sa.create_engine(postgres_database)
    up(engine, 3)
    definitions = {row[1]: row[2] for row in catalogue(engine)["indexes"]}
    engine.dispose()
    assert definitions["uq_tasker_tasks_identity"].endswith("USING btree (identity_minute, identity_hash)")
