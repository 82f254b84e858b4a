"""Where the parts of a task's page are, as its links say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ....store.reading import StepOutline
from ..navigation import url
from .asked import ZOOMS, Asked
from .snapshot import ROWS


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A link to the same page with one thing different; ``current``: that is how it is."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The addresses of one task's page, as it was asked for."""

    task_id: int
    asked: Asked
    steps: Sequence[StepOutline] = ()

    @cached_property
    def json(self) -> str:
        """All of the task, as JSON."""
        return url("task_json", task_id=self.task_id)

    @property
    def mermaid(self) -> str:
        """The graph as a text that other programs draw."""
        return url("graph_json", task_id=self.task_id, format="mermaid")

    def step_json(self, step_id: int) -> str:
        """All of a step, as JSON."""
        return f"{self.step_page(step_id)}/json"

    @cached_property
    def live(self) -> str:
        """What a script asks for again and again."""
        return url("follow_task", task_id=self.task_id, **self.asked.query)

    @property
    def stream(self) -> str:
        """What says when there is something to ask for."""
        return url("stream_task", task_id=self.task_id, **self.asked.query)

    def step_page(self, step_id: int) -> str:
        """The page of a step, where it is steered."""
        return f"{self._step_pages}{step_id}"

    def step(self, step_id: int) -> str:
        """The row of a step, which opens where it is gone to: on this page, or on another one."""
        page = self._pages.get(step_id, 1)
        return f"{'' if page == self.asked.steps else self._other_pages[page]}#step-{step_id}-more"

    def unfolded(self, step_id: int) -> str:
        """The graph with one more fan drawn step by step."""
        return self._but("graph", unfolded=self.asked.unfolded | {step_id})

    @property
    def all_unfolded(self) -> str:
        """The graph with every fan drawn step by step."""
        return self._but("graph", unfolded=frozenset(), all_unfolded=True)

    @property
    def folded(self) -> str:
        """The graph with every fan drawn as one box."""
        return self._but("graph", unfolded=frozenset(), all_unfolded=False)

    @property
    def drawn(self) -> str:
        """The time line as a picture."""
        return self._but("timeline", table=False)

    @property
    def table(self) -> str:
        """The time line as a table."""
        return self._but("timeline", table=True)

    @property
    def zooms(self) -> Sequence[Choice]:
        """How large the graph may be drawn."""
        labels = {zoom: f"{zoom} %" if zoom.isdigit() else "fit" for zoom in ZOOMS}
        return [
            Choice(label=label, address=self._but("graph", zoom=zoom), current=zoom == self.asked.zoom)
            for zoom, label in labels.items()
        ]

    def steps_page(self, number: int) -> str:
        """Another page of the steps."""
        return self._but("steps", steps=number)

    def history_page(self, number: int) -> str:
        """Another page of the history."""
        return self._but("history", history=number)

    @cached_property
    def _step_pages(self) -> str:
        # Made once: a page has hundreds of them.
        return url("show_step", task_id=self.task_id, step_id=0).removesuffix("0")

    @cached_property
    def _pages(self) -> Mapping[int, int]:
        return {step.workflow_step_id: place // ROWS + 1 for place, step in enumerate(self.steps)}

    @cached_property
    def _other_pages(self) -> Mapping[int, str]:
        return {page: self._but(None, steps=page) for page in {*self._pages.values(), 1}}

    def _but(self, part: str | None, **changes: object) -> str:
        return url("show_task", task_id=self.task_id, **self.asked.but(**changes).query, _anchor=part)
