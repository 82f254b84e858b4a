"""``@step``: a method of a handler that is a step of its task."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar, overload

from ..errors import HandlerDefinitionError
from .retry import Retry
from .template import StepTemplate, check_name

if TYPE_CHECKING:
    from .run import StepRun

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

StepMethod: TypeAlias = "Callable[[Any, StepRun[Any]], R]"


class Result(Protocol[R_co]):
    """Anything that names a step whose results are an ``R``: what ``run.result`` takes."""

    @property
    def name(self) -> str:
        """The step's name."""
        ...

    def _results(self) -> R_co: ...


class BoundStep(Generic[R]):
    """A step seen on a handler instance: callable like the method it decorates."""

    def __init__(self, step: Step[R], handler: object) -> None:
        self._step = step
        self._handler = handler

    @property
    def name(self) -> str:
        """The step's name."""
        return self._step.name

    def __call__(self, run: StepRun[Any]) -> R:
        """Run the method itself: what a unit test calls."""
        return self._step.method(self._handler, run)

    if TYPE_CHECKING:

        def _results(self) -> R: ...


class Step(Generic[R]):
    """A step seen on the handler class: what ``depends_on`` takes."""

    def __init__(self, method: StepMethod[R], *, template: StepTemplate, own_system: bool) -> None:
        self.method = method
        self.name = template.name
        self.__doc__ = method.__doc__
        self._template = template
        self._own_system = own_system

    @overload
    def __get__(self, handler: None, owner: type) -> Step[R]: ...
    @overload
    def __get__(self, handler: object, owner: type) -> BoundStep[R]: ...
    def __get__(self, handler: object | None, owner: type) -> Step[R] | BoundStep[R]:
        return self if handler is None else BoundStep(self, handler)

    def template(self, dependent_system: str) -> StepTemplate:
        """The step's template; ``dependent_system`` is that of the handler, for a step that names none."""
        if self._own_system:
            return self._template
        return StepTemplate(**{**vars(self._template), "dependent_system": dependent_system})

    if TYPE_CHECKING:

        def _results(self) -> R: ...


@overload
def step(method: StepMethod[R], /) -> Step[R]: ...
@overload
def step(
    *,
    depends_on: Step[Any] | Iterable[Step[Any]] = ...,
    dependent_system: str | None = ...,
    name: str | None = ...,
    retry: Retry = ...,
    skippable: bool = ...,
    timeout: timedelta | None = ...,
    transactional: bool = ...,
) -> Callable[[StepMethod[R]], Step[R]]: ...
def step(
    method: StepMethod[R] | None = None,
    /,
    *,
    depends_on: Step[Any] | Iterable[Step[Any]] = (),
    dependent_system: str | None = None,
    name: str | None = None,
    retry: Retry = Retry(),  # noqa: B008 - a frozen value
    skippable: bool = False,
    timeout: timedelta | None = None,
    transactional: bool = False,
) -> Step[R] | Callable[[StepMethod[R]], Step[R]]:
    """Make a method a step.

    Args:
        depends_on: the steps, one or several, that must be done before this one.
        dependent_system: the system that the step works against; the handler's own unless named.
        name: the step's name; the method's own unless named.
        retry: how often and when the step is tried again.
        skippable: whether a request may bypass the step.
        timeout: how long one attempt may take; a call into C is not interrupted, but loses its lease.
        transactional: whether what the step writes to ``run.session`` commits together with its result, or not at all.

    Raises:
        HandlerDefinitionError: an ``async def``, a parent that is no step, or a bad option.
    """

    def decorate(method: StepMethod[R]) -> Step[R]:
        template = StepTemplate(
            **_checked(method, name=name, depends_on=depends_on, retry=retry),
            dependent_system="default" if dependent_system is None else dependent_system,
            skippable=skippable,
            timeout=timeout,
            transactional=transactional,
        )
        return Step(method, template=template, own_system=dependent_system is not None)

    return decorate if method is None else decorate(method)


def _checked(method: Any, *, name: str | None, depends_on: Any, retry: Retry) -> dict[str, Any]:
    """What a template takes from the method itself, its parents and its retry policy."""
    step_name = name if name is not None else getattr(method, "__name__", "")
    check_name("step", step_name)
    _check_method(step_name, method)
    if not isinstance(retry, Retry):
        raise HandlerDefinitionError(f"step {step_name!r}: retry takes a Retry, got {retry!r}")
    return {
        "name": step_name,
        "description": inspect.cleandoc(method.__doc__ or ""),
        "depends_on_steps": _parent_names(step_name, depends_on),
        "default_retryable": retry.limit > 1,
        "default_retry_limit": retry.limit,
        "backoff": retry.backoff,
        "retry_on": retry.on,
        "give_up_on": retry.give_up_on,
        "call": method,
    }


def _check_method(name: str, method: object) -> None:
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method) or inspect.isgeneratorfunction(method):
        raise HandlerDefinitionError(
            f"step {name!r} is an async def or a generator; steps run in a worker's thread and return their results: "
            "write a plain def"
        )
    if not callable(method):
        raise HandlerDefinitionError(f"step {name!r}: @step goes directly above a method, got {method!r}")


def _parent_names(name: str, depends_on: Step[Any] | Iterable[Step[Any]]) -> tuple[str, ...]:
    parents: object = (depends_on,) if isinstance(depends_on, Step) else depends_on
    if isinstance(parents, str) or not isinstance(parents, Iterable):
        raise HandlerDefinitionError(f"step {name!r}: depends_on takes a step or a list of steps, got {depends_on!r}")
    listed = tuple(parents)
    for parent in listed:
        if not isinstance(parent, Step):
            raise HandlerDefinitionError(
                f"step {name!r}: depends_on takes steps, that is methods decorated with @step, got {parent!r}"
            )
    return tuple(parent.name for parent in listed)
