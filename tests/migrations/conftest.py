"""A host app with a table and a first revision of its own."""

import shutil
from pathlib import Path

import pytest

from tests.migrations.hosts import APP, Host


@pytest.fixture(scope="session")
def host_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after ``flask db init`` and ``flask db migrate``, made once: it takes two commands."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "app.py").write_text(APP)
    host = Host(folder, f"sqlite:///{folder / 'template.sqlite'}").with_settings(without_tasker="1")
    host.shell("db", "init")
    leave_logging_alone(folder / "migrations")
    host.flask("db", "migrate", "-m", "the shop's own")
    return folder


def leave_logging_alone(migrations: Path) -> None:
    """Take out what sets up logging for a whole process: the commands run in this one."""
    environment = migrations / "env.py"
    environment.write_text(environment.read_text().replace("fileConfig(config.config_file_name)\n", ""))


@pytest.fixture
def folder(host_template: Path, tmp_path: Path) -> Path:
    """A copy of the host's folder for one test."""
    return shutil.copytree(host_template, tmp_path / "host", ignore=shutil.ignore_patterns("*.sqlite", "__pycache__"))


@pytest.fixture
def host(folder: Path, database_url: str) -> Host:
    """The host on an empty database, once on SQLite and once on PostgreSQL."""
    return Host(folder, database_url)


@pytest.fixture
def sqlite_host(folder: Path, tmp_path: Path) -> Host:
    """The host on an empty SQLite file, for what no database has a part in."""
    return Host(folder, f"sqlite:///{tmp_path / 'shop.sqlite'}")
