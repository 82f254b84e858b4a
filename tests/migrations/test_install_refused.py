"""``flask tasker db install`` refuses what it cannot do, and names the way out."""

import pytest

from flask_tasker.migrations import LATEST
from tests.migrations.hosts import Host

INSTALL = ("tasker", "db", "install")


@pytest.fixture
def host(sqlite_host: Host) -> Host:
    return sqlite_host


def test_without_flask_migrate(host: Host) -> None:
    message = host.with_settings(without_migrate="1").refused(*INSTALL)
    assert "no Flask-Migrate" in message
    assert "flask tasker db upgrade" in message


def test_without_sqlalchemy(host: Host) -> None:
    settings = {"without_sqlalchemy": "1", "without_migrate": "1", "without_tasker": "1"}
    message = host.with_settings(**settings).refused(*INSTALL)
    assert "db.init_app(app)" in message


def test_without_a_migrations_folder(host: Host) -> None:
    message = host.refused(*INSTALL, "--directory", "nowhere")
    assert "no migrations folder at nowhere" in message
    assert "flask db init" in message


def test_with_several_heads(host: Host) -> None:
    host.flask("db", "revision", "-m", "left")
    host.flask("db", "revision", "-m", "right", "--head", "base", "--splice")
    message = host.refused(*INSTALL)
    assert "2 heads" in message
    assert "flask db merge heads" in message


@pytest.mark.parametrize("options", [(), ("--inline",)], ids=["call", "inline"])
def test_when_it_is_installed_already(host: Host, options: tuple[str, ...]) -> None:
    host.flask(*INSTALL, *options)
    before = host.revisions()
    assert f"already install version {LATEST}" in host.refused(*INSTALL)
    assert host.revisions() == before


def test_when_a_revision_by_hand_calls_the_functions(host: Host) -> None:
    revision = host.revisions()[-1]
    revision.write_text(
        revision.read_text() + f"\n# from flask_tasker import migrations; migrations.upgrade(op, to={LATEST})\n"
    )
    assert f"already install version {LATEST}" in host.refused(*INSTALL)


def test_after_flask_db_migrate_made_the_tables_by_itself(host: Host) -> None:
    host.flask("db", "upgrade")
    host.flask("db", "migrate", "-m", "too early")
    message = host.refused(*INSTALL)
    assert "creates our tables by itself" in message
    assert host.revisions()[-1].name in message


def test_when_the_template_renders_nothing(host: Host) -> None:
    template = host.folder / "migrations" / "script.py.mako"
    lines = [line for line in template.read_text().splitlines(keepends=True) if "upgrades if" not in line]
    template.write_text("".join(lines).replace("def upgrade():", "def upgrade():\n    pass"))
    before = host.revisions()
    assert "${upgrades}" in host.refused(*INSTALL)
    assert host.revisions() == before


def test_a_bind_key_that_the_app_does_not_have(host: Host) -> None:
    message = host.with_settings(bind_key="elsewhere", without_tasker="1").refused(*INSTALL)
    assert "'elsewhere'" in message
    assert "SQLALCHEMY_BINDS" in message


def test_a_bind_key_with_revisions_for_one_database(host: Host) -> None:
    other = f"sqlite:///{host.folder / 'other.sqlite'}"
    message = host.with_settings(bind_key="other", other_database_url=other).refused(*INSTALL)
    assert "flask db init --multidb" in message
