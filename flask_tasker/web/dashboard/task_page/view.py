"""The page of a task as its templates take it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from ....lifecycle import DONE_STEP, StepStatus
from ....redaction import Redactor
from ....store.reading import ERROR, AnnotationExcerpt, StepOutline, TransitionReading
from ...graph import Graph, Node
from ..drawing import Picture, Timeline, duration, picture, timeline
from ..drawing.folding import Key
from .addresses import Addresses
from .asked import Asked
from .current import tag_of
from .excerpts import EXCERPT, ShownJson, in_a_row
from .progress import progress_of
from .snapshot import ENTRIES, NOTES, ROWS, Snapshot

RUNS: Final = "It runs."


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step as the table has it; ``parents`` and ``children`` are links: a name and an address."""

    step: StepOutline
    why: str | None
    inputs: ShownJson | None
    results: ShownJson | None
    trace: str | None
    parents: Sequence[tuple[str, str]]
    children: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Where in a long list a page is, and the addresses of those beside it."""

    first: int
    last: int
    total: int | None
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """What the templates show of a task; ``sees_workers``: also which worker holds which step."""

    snapshot: Snapshot
    asked: Asked
    addresses: Addresses
    redactor: Redactor
    sees_workers: bool

    @property
    def tag(self) -> str:
        """The ETag of the part that follows the task."""
        return f'W/"{tag_of(self.snapshot.version, self.asked)}"'

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.snapshot.version.is_final

    @property
    def full_name(self) -> str:
        """The handler's key."""
        kind = self.snapshot.version.named_task
        return f"{kind.namespace}/{kind.name}@{kind.version}"

    @property
    def counts(self) -> Mapping[StepStatus, int]:
        """How many steps are in which state."""
        return self.snapshot.version.counts

    @property
    def percent(self) -> int:
        """The share of steps that are done, rounded down."""
        done = sum(self.counts.get(status, 0) for status in DONE_STEP)
        return 100 * done // max(self.snapshot.version.steps, 1)

    @property
    def took(self) -> str:
        """How long the task took until it was complete, or has taken so far."""
        task = self.snapshot.version.row
        end = task.completed_at or (task.updated_at if self.is_final else self.snapshot.version.now)
        return duration(max((end - task.requested_at).total_seconds(), 0.0))

    @cached_property
    def picture(self) -> Picture | None:
        """The graph; ``None`` where it has too many steps."""
        steps = self.snapshot.steps
        nodes = [Node(key=step.workflow_step_id, name=step.name, status=step.status) for step in steps]
        parents: dict[Key, Sequence[Key]] = {
            step.workflow_step_id: self.snapshot.parents.get(step.workflow_step_id, ()) for step in steps
        }
        unfolded: Collection[Key] = parents.keys() if self.asked.all_unfolded else self.asked.unfolded
        return picture(Graph(nodes=nodes, parents=parents), unfolded=unfolded)

    @cached_property
    def timeline(self) -> Timeline:
        """What the steps of this page did when."""
        task = self.snapshot.version.row
        now = self.snapshot.version.now
        return timeline(
            progress_of(self.snapshot, requested_at=task.requested_at), now=(now - task.requested_at).total_seconds()
        )

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The steps of this page."""
        return [self._row(step) for step in self.snapshot.rows]

    @property
    def steps_pages(self) -> Pages:
        """Which of the steps these are."""
        number, shown, total = self.asked.steps, len(self.snapshot.rows), len(self.snapshot.steps)
        return Pages(
            first=ROWS * (number - 1) + 1 if shown else 0,
            last=ROWS * (number - 1) + shown,
            total=total,
            before=self.addresses.steps_page(max(min(number - 1, -(-total // ROWS)), 1)) if number > 1 else None,
            after=self.addresses.steps_page(number + 1) if total > ROWS * number else None,
        )

    @property
    def history(self) -> Sequence[TransitionReading]:
        """The lines of this page of the history."""
        return self.snapshot.history[:ENTRIES]

    @property
    def history_pages(self) -> Pages:
        """Which of the lines these are."""
        number, shown = self.asked.history, len(self.history)
        more = len(self.snapshot.history) > ENTRIES
        return Pages(
            first=ENTRIES * (number - 1) + 1 if shown else 0,
            last=ENTRIES * (number - 1) + shown,
            total=None if more else ENTRIES * (number - 1) + shown,
            before=self.addresses.history_page(number - 1) if number > 1 else None,
            after=self.addresses.history_page(number + 1) if more else None,
        )

    @property
    def notes(self) -> Sequence[tuple[AnnotationExcerpt, ShownJson | None]]:
        """Annotations, as many as are shown."""
        notes, number = self.snapshot.notes[:NOTES], len(self.snapshot.notes)
        return [(note, in_a_row(note.annotation, self.redactor, of=number)) for note in notes]

    @property
    def has_more_notes(self) -> bool:
        """Whether there are annotations that are not shown."""
        return len(self.snapshot.notes) > NOTES

    def _row(self, step: StepOutline) -> Row:
        key, shown = step.workflow_step_id, len(self.snapshot.rows)
        holds = self.snapshot.contents.get(key)
        error = self._begun(step.error, ERROR)
        trace = None if holds is None else self._begun(holds.trace, EXCERPT)
        return Row(
            step=replace(step, error=error),
            why=self._why(step),
            inputs=None if holds is None else in_a_row(holds.inputs, self.redactor, of=shown),
            results=None if holds is None else in_a_row(holds.results, self.redactor, of=shown),
            trace=None if trace == error else trace,
            parents=self._links(self.snapshot.parents.get(key, ())),
            children=self._links(self._children.get(key, ())),
        )

    def _why(self, step: StepOutline) -> str | None:
        # The sentence has the name of the worker.
        hidden = step.status == StepStatus.IN_PROGRESS and not self.sees_workers
        return RUNS if hidden else self.snapshot.why.get(step.workflow_step_id)

    def _begun(self, text: str | None, most: int) -> str | None:
        return None if text is None else self.redactor.redacted_beginning(text, most)

    def _links(self, keys: Sequence[int]) -> Sequence[tuple[str, str]]:
        return [(self._names[key], self.addresses.step(key)) for key in keys]

    @cached_property
    def _names(self) -> Mapping[int, str]:
        return {step.workflow_step_id: step.name for step in self.snapshot.steps}

    @cached_property
    def _children(self) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {}
        for child, parents in self.snapshot.parents.items():
            for parent in parents:
                found.setdefault(parent, []).append(child)
        return found
