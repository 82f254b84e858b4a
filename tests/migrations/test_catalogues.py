"""Models and frozen migrations give the same tables, by the database's own account."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from flask_tasker.migrations import LATEST, downgrade, installed_version, upgrade
from flask_tasker.migrations.script import sql_script
from flask_tasker.models import Base
from tests.migrations.catalogue import Catalogue, catalogue, run_script

CONVENTION = {
    "pk": "host_pk_%(table_name)s",
    "fk": "host_fk_%(table_name)s_%(column_0_name)s",
    "uq": "host_uq_%(table_name)s_%(column_0_name)s",
    "ix": "host_ix_%(table_name)s_%(column_0_name)s",
    "ck": "host_ck_%(table_name)s_%(constraint_name)s",
}


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url)
    yield engine
    engine.dispose()


def host_metadata() -> sa.MetaData:
    """Metadata with a convention of its own, and our tables copied into it."""
    metadata = sa.MetaData(naming_convention=CONVENTION)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    return metadata


def of_metadata(engine: sa.Engine, metadata: sa.MetaData) -> Catalogue:
    """Return the catalogue after ``create_all``, and leave the database empty."""
    metadata.create_all(engine)
    found = catalogue(engine)
    metadata.drop_all(engine)
    return found


def migrate(engine: sa.Engine, *, to: int, metadata: sa.MetaData | None = None) -> None:
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        (downgrade if to == 0 else upgrade)(Operations(context), to=to)


def test_migrations_give_what_the_models_give(engine: sa.Engine) -> None:
    of_models = of_metadata(engine, Base.metadata)
    migrate(engine, to=LATEST)
    assert catalogue(engine) == of_models


def test_every_table_of_the_models_is_in_the_catalogue(engine: sa.Engine) -> None:
    migrate(engine, to=LATEST)
    assert set(sa.inspect(engine).get_table_names()) == set(Base.metadata.tables)


def test_a_naming_convention_of_the_host_touches_no_copied_model(engine: sa.Engine) -> None:
    assert of_metadata(engine, host_metadata()) == of_metadata(engine, Base.metadata)


def test_a_naming_convention_of_the_host_touches_no_migration(engine: sa.Engine) -> None:
    of_models = of_metadata(engine, Base.metadata)
    migrate(engine, to=LATEST, metadata=host_metadata())
    assert catalogue(engine) == of_models


def test_the_sql_script_gives_what_the_models_give(engine: sa.Engine) -> None:
    of_models = of_metadata(engine, Base.metadata)
    run_script(engine, sql_script(engine.dialect, since=0, to=LATEST))
    assert catalogue(engine) == of_models


def test_the_sql_script_back_leaves_nothing(engine: sa.Engine) -> None:
    migrate(engine, to=LATEST)
    run_script(engine, sql_script(engine.dialect, since=LATEST, to=0))
    assert sa.inspect(engine).get_table_names() == []


def test_a_downgrade_to_none_leaves_nothing(engine: sa.Engine) -> None:
    migrate(engine, to=LATEST)
    migrate(engine, to=0)
    assert sa.inspect(engine).get_table_names() == []


def test_the_installed_version_is_what_was_migrated_to(engine: sa.Engine) -> None:
    migrate(engine, to=LATEST)
    with engine.connect() as connection:
        assert installed_version(connection) == LATEST


def test_without_the_tables_no_version_is_installed(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert installed_version(connection) is None


def test_migrating_again_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine, to=LATEST)
    before = catalogue(engine)
    migrate(engine, to=LATEST)
    assert catalogue(engine) == before


def test_the_database_refuses_a_second_version(engine: sa.Engine) -> None:
    migrate(engine, to=LATEST)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO tasker_schema_version (id, version) VALUES (2, 1)"))
