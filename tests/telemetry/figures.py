"""Reading figures, and counting the rows that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

Figures = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def figures_of(text: str) -> Figures:
    """Every sample, by its name and its labels in order."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figure(found: Figures, name: str, **labels: Any) -> float:
    """One of them; 0 where it was never counted."""
    return found.get((name, tuple(sorted((key, str(value)) for key, value in labels.items()))), 0.0)


def counted_rows(engine: sa.Engine, query: str) -> dict[tuple[Any, ...], int]:
    """What ``query`` counts: its last column, by the others."""
    with engine.connect() as connection:
        return {tuple(row[:-1]): row[-1] for row in connection.execute(sa.text(query))}
