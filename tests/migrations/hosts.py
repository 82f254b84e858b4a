"""A host app in a folder of its own, and its ``flask`` command: in this process, or as people run it."""

import contextlib
import os
import runpy
import subprocess
import sys
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent

import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from flask_tasker.cli import tasker

APP = dedent(
    '''
    """A shop with one table of its own; what else it has is said by its settings."""

    import os

    import sqlalchemy as sa
    from flask import Flask
    from flask_migrate import Migrate
    from flask_sqlalchemy import SQLAlchemy

    from flask_tasker import Tasker

    CONVENTION = {
        "pk": "host_pk_%(table_name)s",
        "fk": "host_fk_%(table_name)s_%(column_0_name)s",
        "uq": "host_uq_%(table_name)s_%(column_0_name)s",
        "ix": "host_ix_%(table_name)s_%(column_0_name)s",
        "ck": "host_ck_%(table_name)s_%(constraint_name)s",
    }

    def create_app(settings=os.environ):
        convention = CONVENTION if "HOST_CONVENTION" in settings else None
        db = SQLAlchemy(metadata=sa.MetaData(naming_convention=convention))

        class Order(db.Model):
            id = sa.Column(sa.Integer, primary_key=True)
            number = sa.Column(sa.String(20), unique=True, nullable=False)

        app = Flask("shop")
        app.config["SQLALCHEMY_DATABASE_URI"] = settings["HOST_DATABASE_URL"]
        if "HOST_OTHER_DATABASE_URL" in settings:
            app.config["SQLALCHEMY_BINDS"] = {"other": settings["HOST_OTHER_DATABASE_URL"]}
        app.config["TASKER_BIND_KEY"] = settings.get("HOST_BIND_KEY")
        if "HOST_WITHOUT_SQLALCHEMY" not in settings:
            db.init_app(app)
        if "HOST_WITHOUT_MIGRATE" not in settings:
            Migrate(app, db)
        if "HOST_WITHOUT_TASKER" not in settings:
            Tasker(app)
        return app
    '''
).lstrip()


@dataclass(frozen=True)
class Host:
    """The folder of the app and the settings that it gets."""

    folder: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)

    def with_settings(self, **settings: str) -> "Host":
        """Return the same folder under more of the app's ``HOST_`` settings."""
        added = {f"HOST_{name.upper()}": value for name, value in settings.items()}
        return replace(self, settings={**self.settings, **added})

    def flask(self, *arguments: str) -> str:
        """Run a command of ``flask`` in this process and return what it printed; it must succeed."""
        result = self._invoke(arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    def refused(self, *arguments: str) -> str:
        """Run a command of ``flask`` in this process and return its complaint; it must fail in a known way."""
        result = self._invoke(arguments)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit), result.exception
        return result.stderr

    def shell(self, *arguments: str) -> str:
        """Run ``flask`` as a command of its own and return its standard output; it must succeed."""
        root = str(Path(__file__).parents[2])
        environment = {**os.environ, "HOST_DATABASE_URL": self.url, "PYTHONPATH": root, **self.settings}
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def engine(self) -> sa.Engine:
        """Return an engine on the app's default database that keeps no connection."""
        return sa.create_engine(self.url, poolclass=sa.NullPool)

    def revisions(self) -> list[Path]:
        """Return the revision files, oldest first."""
        return sorted((self.folder / "migrations" / "versions").glob("*.py"), key=lambda path: path.stat().st_mtime_ns)

    def _invoke(self, arguments: tuple[str, ...]) -> Result:
        app: Flask = runpy.run_path(str(self.folder / "app.py"))["create_app"](
            {"HOST_DATABASE_URL": self.url, **self.settings}
        )
        # The app's own group lacks what Flask finds by entry points.
        app.cli.add_command(tasker)
        with contextlib.chdir(self.folder), warnings.catch_warnings():
            # Flask-Migrate's env.py asks Flask-SQLAlchemy in the old way first.
            warnings.filterwarnings("ignore", "'get_engine' is deprecated", DeprecationWarning)
            result = app.test_cli_runner().invoke(args=arguments)
        self._dispose(app)
        return result

    def _dispose(self, app: Flask) -> None:
        if "sqlalchemy" in app.extensions:
            with app.app_context():
                for engine in app.extensions["sqlalchemy"].engines.values():
                    engine.dispose()
