"""What a handler says of one step. Both ways of writing a handler compile to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..errors import HandlerDefinitionError
from .retry import Backoff, Retry

if TYPE_CHECKING:
    from .run import StepRun

StepCall = Callable[[Any, "StepRun[Any]"], Any]
"""Runs a step: takes the handler instance and the run, returns the step's results."""

MAX_NAME = 128


@dataclass(frozen=True, kw_only=True)
class StepTemplate:
    """One step of a handler: its name, its parents, the system it depends on, and how it is retried.

    Name its parents by ``depends_on_step`` or ``depends_on_steps``; read them from ``parents``. ``handler_class`` is
    the class whose ``handle(task, sequence, step)`` does the work and sets ``step.results``. ``timeout`` bounds one
    attempt. What a ``transactional`` step writes to ``run.session`` commits together with its result. Two templates are
    equal when they say the same, whatever code does the work.
    """

    name: str
    dependent_system: str = "default"
    description: str = ""
    default_retryable: bool = True
    default_retry_limit: int = 3
    skippable: bool = False
    depends_on_step: str | None = None
    depends_on_steps: Iterable[str] = ()
    handler_class: type[Any] | None = field(default=None, compare=False)
    backoff: Backoff = field(default_factory=Backoff)
    retry_on: tuple[type[Exception], ...] = (Exception,)
    give_up_on: tuple[type[Exception], ...] = ()
    transactional: bool = False
    timeout: timedelta | None = None
    call: StepCall | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_name("step", self.name)
        check_name("dependent system", self.dependent_system)
        limit = self.default_retry_limit
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise HandlerDefinitionError(
                f"step {self.name!r}: default_retry_limit must be a whole number, 1 or more, got {limit!r}"
            )
        if self.timeout is not None and not (isinstance(self.timeout, timedelta) and self.timeout > timedelta(0)):
            raise HandlerDefinitionError(
                f"step {self.name!r}: timeout must be a positive timedelta, got {self.timeout!r}"
            )
        if isinstance(self.depends_on_steps, str):
            raise HandlerDefinitionError(
                f"step {self.name!r}: depends_on_steps is a list of names, got {self.depends_on_steps!r}; "
                "use depends_on_step for a single one"
            )
        Retry(limit=limit, backoff=self.backoff, on=self.retry_on, give_up_on=self.give_up_on)
        self._gather_parents()

    def _gather_parents(self) -> None:
        """Both spellings of the same parents make equal templates, and ``dataclasses.replace`` keeps them."""
        parents = tuple(self.depends_on_steps)
        if self.depends_on_step is not None and self.depends_on_step not in parents:
            parents = (self.depends_on_step, *parents)
        object.__setattr__(self, "depends_on_steps", parents)
        object.__setattr__(self, "depends_on_step", parents[0] if len(parents) == 1 else None)

    @property
    def parents(self) -> tuple[str, ...]:
        """Names of the steps that must be done before this one."""
        return tuple(self.depends_on_steps)

    @property
    def retry(self) -> Retry:
        """The step's retry policy."""
        return Retry(limit=self.default_retry_limit, backoff=self.backoff, on=self.retry_on, give_up_on=self.give_up_on)


def check_name(what: str, name: object) -> None:
    """Refuse a name that is empty, blank, too long or unprintable."""
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise HandlerDefinitionError(
            f"{what} name {name!r}: expected a printable text of 1 to {MAX_NAME} characters that is not blank"
        )
