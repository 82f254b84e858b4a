"""What a database says of our tables, in its own words."""

import re
from typing import Any

import sqlalchemy as sa

Catalogue = dict[str, list[tuple[Any, ...]]]

POSTGRESQL = {
    "columns": """
        SELECT table_name, ordinal_position, column_name, data_type, udt_name, character_maximum_length,
               numeric_precision, datetime_precision, is_nullable, column_default, is_identity, is_generated
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name LIKE 'tasker%' ORDER BY 1, 2""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype::text, convalidated, condeferrable, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE conrelid::regclass::text LIKE 'tasker%' AND contype <> 'n' ORDER BY 1, 2""",
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename LIKE 'tasker%' ORDER BY 1, 2""",
    "sequences": """
        SELECT sequencename, data_type::text FROM pg_sequences
        WHERE schemaname = current_schema() AND sequencename LIKE 'tasker%' ORDER BY 1""",
}


def catalogue(engine: sa.Engine) -> Catalogue:
    """Return the columns, constraints and indexes of the ``tasker_`` tables, each list empty where there are none."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return _of_sqlite(connection)
        return {what: _rows(connection, query) for what, query in POSTGRESQL.items()}


def run_script(engine: sa.Engine, script: str) -> None:
    """Run the whole text as it stands, as ``psql`` or ``sqlite3`` would."""
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        if engine.dialect.name == "sqlite":
            driver.executescript(script)
        else:
            driver.cursor().execute(script)


def _of_sqlite(connection: sa.Connection) -> Catalogue:
    tables = _rows(
        connection, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'tasker%' ORDER BY 1"
    )
    found: Catalogue = {"definitions": [(name, *_clauses(sql)) for name, sql in tables]}
    for pragma in ("table_xinfo", "index_list"):
        found[pragma] = [(name, *row) for name, _ in tables for row in _rows(connection, f"PRAGMA {pragma}({name})")]
    found["foreign_keys"] = sorted(
        (name, *row[2:]) for name, _ in tables for row in _rows(connection, f"PRAGMA foreign_key_list({name})")
    )
    found["index_list"] = sorted((name, *row[1:]) for name, *row in found["index_list"])
    indexes = _rows(
        connection, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name LIKE 'tasker%' ORDER BY 1"
    )
    found["indexes"] = [(name, _one_line(sql or "")) for name, sql in indexes]
    return found


def _clauses(sql: str) -> list[str]:
    """What stands between the brackets of CREATE TABLE, however it is broken into lines.

    The order means nothing: constraints have none, and a column that was added later stands behind them.
    """
    inside = sql[sql.index("(") + 1 : sql.rindex(")")]
    clauses, depth = [""], 0
    for sign in inside:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            clauses.append("")
        else:
            clauses[-1] += sign
    return sorted(map(_one_line, clauses))


def _one_line(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


def _rows(connection: sa.Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(query))]
