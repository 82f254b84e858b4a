"""The history of sales: the table ``global_sales`` that the package ``pointblank`` ships."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

PACKAGE = "pointblank"
ARCHIVE = "pointblank/data/global_sales.zip"
MEMBER = "global_sales.csv"


def sales_history() -> Iterator[dict[str, Any]]:
    """The rows of the table, 50,000 of them, as columns of ``Sale``.

    The file is read straight from the installed package: importing it would load much that the shop does not need.
    """
    with zipfile.ZipFile(_archive()) as archive, archive.open(MEMBER) as member:
        for row in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8", newline="")):
            yield {
                "category": row["product_category"],
                "country": row["country"],
                "channel": row["sales_channel"],
                "quarter": row["quarter"] or None,
                "status": row["status"],
                "cents": int(Decimal(row["revenue"]) * 100),
            }


def _archive() -> str:
    try:
        return str(distribution(PACKAGE).locate_file(ARCHIVE))
    except PackageNotFoundError:
        raise RuntimeError("the history of sales is missing: pip install 'flask-tasker[example]'") from None
