"""What is the same for every task of one kind: its steps and edges, worked out once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ...handlers import StepGraph
from .arrays import as_element, written_out
from .creating import creating
from .prepared import Prepared

FEW: Final = 500
"""Up to so many steps and edges are written into a statement: PostgreSQL plans it once for each connection."""


@dataclass(frozen=True)
class Stencil:
    """The steps of a kind of task as they are written, by columns."""

    graph: StepGraph
    named_step_ids: Mapping[str, int]

    @cached_property
    def names(self) -> Sequence[str]:
        """The steps, in the order in which they are written."""
        return list(self.graph.templates)

    @cached_property
    def steps(self) -> Mapping[str, Sequence[Any]]:
        """The columns of the steps."""
        templates = self.graph.templates.values()
        return {
            "step_names": self.names,
            "step_kinds": [self.named_step_ids[name] for name in self.names],
            "limits": [template.default_retry_limit for template in templates],
            "retryable": [template.default_retryable for template in templates],
            "skippable": [template.skippable for template in templates],
            "timeouts": [None if step.timeout is None else step.timeout.total_seconds() for step in templates],
            "ready": [not template.parents for template in templates],
        }

    @cached_property
    def edges(self) -> Sequence[tuple[int, int]]:
        """Parent and child, by their places among the steps, counted from 1 as PostgreSQL does."""
        place = {name: position for position, name in enumerate(self.names, start=1)}
        return [(place[parent], place[name]) for name, above in self.graph.parents.items() for parent in above]

    @cached_property
    def statement(self) -> Prepared | None:
        """The statement that writes one such task, and is told of the task alone; ``None`` where it would be long."""
        if len(self.names) + len(self.edges) > FEW:
            return None
        one = {
            **self.steps,
            "step_tasks": [1] * len(self.names),
            "edge_tasks": [1] * len(self.edges),
            "edge_parents": [parent for parent, _ in self.edges],
            "edge_children": [child for _, child in self.edges],
        }
        statement = Prepared("", creating(tasks=as_element, steps=written_out(one)))
        # The name tells what is in it: a connection may outlive a kind of task, and the next one has another name.
        digest = hashlib.sha256(statement.text.encode()).hexdigest()
        return Prepared(f"tasker_create_{digest[:16]}", statement.statement)
