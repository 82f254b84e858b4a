"""What version 3 changes of annotations: they are found by what they say."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op

TABLE: Final = "tasker_task_annotations"
SAID: Final = conv("ix_tasker_task_annotations_annotation")
TYPE: Final = conv("ix_tasker_task_annotations_type")


def index(op: Op) -> None:
    """Let tasks be found by what an annotation says, and by its type in the order of the keys."""
    # SQLite has no such index: there it is one of no rows.
    op.create_index(SAID, TABLE, ["annotation"], postgresql_using="gin", sqlite_where=sa.text("0"))
    op.drop_index(TYPE, table_name=TABLE)
    op.create_index(TYPE, TABLE, ["annotation_type_id", "task_id"])


def index_as_before(op: Op) -> None:
    """Leave the indexes as version 1 has them."""
    op.drop_index(SAID, table_name=TABLE)
    op.drop_index(TYPE, table_name=TABLE)
    op.create_index(TYPE, TABLE, ["annotation_type_id"])
