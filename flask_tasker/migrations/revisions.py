"""The host's own Alembic revisions: which version of the tables they come to, and one more that goes on from there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import rev_id

from ..errors import TaskerError
from .installed import TABLE
from .script import python_script
from .versions import LATEST

CALL: Final = re.compile(r"\bmigrations\.upgrade\(\s*op\b[^)]*\bto=(\d+)")
"""The call in a revision, or the comment above the DDL where it was written out."""

UNMARKED: Final = re.compile(rf"create_table\(\s*['\"]{TABLE}['\"]")


def version_in_revisions(scripts: ScriptDirectory) -> int:
    """The version that the host's revisions bring the tables to; 0 where none of them touches them.

    Raises:
        TaskerError: a revision makes the tables by itself, as ``flask db migrate`` writes it before ``install``.
    """
    version = 0
    for script in scripts.walk_revisions():
        text = Path(script.path).read_text(encoding="utf-8")
        found = [int(number) for number in CALL.findall(text)]
        if not found and UNMARKED.search(text):
            raise TaskerError(
                f"revision {script.revision} ({script.path}) creates our tables by itself, as `flask db migrate` "
                "does; take them out of it (or delete it, if it has nothing else), and run this command again"
            )
        version = max(version, *found, 0)
    return version


def write_revision(config: Config, *, bind_key: str | None = None, inline: bool = False) -> Path:
    """Write a revision on the host's head that goes from the version of its revisions to ``LATEST``; returns its file.

    It is made from the host's own ``script.py.mako``.

    Raises:
        TaskerError: there is nothing to do, or more than one head, or the folder does not fit; the message has the fix.
    """
    scripts = ScriptDirectory.from_config(config)
    _require_one_head(scripts)
    since = version_in_revisions(scripts)
    if since >= LATEST:
        raise TaskerError(
            f"the revisions in {scripts.dir} already install version {since} of the tables, and this flask-tasker has "
            f"{LATEST}: nothing to write; `flask db upgrade` applies them"
        )
    prefix = _prefix(scripts, bind_key)
    script = scripts.generate_revision(
        rev_id(), f"flask_tasker tables, version {LATEST}", refresh=True, config=config, **_parts(since, inline, prefix)
    )
    if script is None:  # only where the template made a file that Alembic does not take for a revision
        raise TaskerError(f"the script.py.mako in {scripts.dir} made no revision; restore Flask-Migrate's own")
    path = Path(script.path)
    _require_rendered(path)
    return path


def _parts(since: int, inline: bool, prefix: str) -> dict[str, Any]:
    """What the template fills in."""
    up = f"flask_tasker.migrations.upgrade(op, since={since}, to={LATEST})"
    down = f"flask_tasker.migrations.downgrade(op, since={LATEST}, to={since})"
    imports = "import flask_tasker.migrations"
    if inline:
        up = f"# {up}, written out:\n    {python_script(since=since, to=LATEST)}"
        down = f"# {down}, written out:\n    {python_script(since=LATEST, to=since)}"
        imports = "from sqlalchemy.dialects import postgresql" if "postgresql." in up + down else ""
    return {f"{prefix}upgrades": up, f"{prefix}downgrades": down, "imports": imports}


def _prefix(scripts: ScriptDirectory, bind_key: str | None) -> str:
    """The template of ``flask db init --multidb`` has one function a database, the default one's name being empty."""
    environment = Path(scripts.dir) / "env.py"
    if "engine_name" in environment.read_text(encoding="utf-8"):
        return f"{bind_key or ''}_"
    if bind_key is not None:
        raise TaskerError(
            f"TASKER_BIND_KEY is {bind_key!r}, and the revisions in {scripts.dir} are for the default database only; "
            "make the folder with `flask db init --multidb`, or apply the tables with `flask tasker db upgrade`"
        )
    return ""


def _require_one_head(scripts: ScriptDirectory) -> None:
    heads = scripts.get_heads()
    if len(heads) > 1:
        raise TaskerError(
            f"the revisions in {scripts.dir} have {len(heads)} heads ({', '.join(heads)}); "
            "join them with `flask db merge heads`, and run this command again"
        )


def _require_rendered(path: Path) -> None:
    if not CALL.search(path.read_text(encoding="utf-8")):
        path.unlink()
        raise TaskerError(
            "the migrations folder's script.py.mako fills in no ${upgrades}, so the revision came out empty and was "
            "removed; restore Flask-Migrate's script.py.mako, or its line of ${upgrades}"
        )
