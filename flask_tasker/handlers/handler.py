"""``TaskHandler`` and ``@task_handler``: what a task of a name does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from typing_extensions import TypeVar as DefaultTypeVar

from ..errors import HandlerDefinitionError
from ..typing import HandlerKey, JsonObject
from .annotation import Annotation
from .definition import HandlerDefinition, define
from .factory import HandlerFactory, default_factory
from .request import DEFAULT_NAMESPACE, DEFAULT_VERSION, UNKNOWN, TaskRequest
from .template import StepTemplate

C = DefaultTypeVar("C", default=Mapping[str, Any])
H = TypeVar("H", bound="type[TaskHandler[Any]]")


class TaskHandler(Generic[C]):
    """Base class of task handlers.

    Write steps as methods with ``@step``; or set ``step_templates``, the original engine's way. A new instance is made,
    without arguments, for every attempt of a step.
    """

    step_templates: ClassVar[Sequence[StepTemplate]] = ()
    schema: ClassVar[Any] = None
    definition: ClassVar[HandlerDefinition]

    @classmethod
    def request(
        cls,
        context: C | None = None,
        *,
        initiator: str = UNKNOWN,
        source_system: str = UNKNOWN,
        reason: str | None = UNKNOWN,
        tags: Iterable[str] = (),
        bypass_steps: Iterable[str] = (),
        correlation_id: str | None = None,
    ) -> TaskRequest:
        """A request for a task of this handler: what ``Tasker.create_task`` takes."""
        namespace, name, version = cls.key()
        json_context = {} if context is None else cls.definition.context_schema.dumped(context)
        return TaskRequest(
            name=name,
            namespace=namespace,
            version=version,
            context=json_context,
            initiator=initiator,
            source_system=source_system,
            reason=reason,
            tags=tuple(tags),
            bypass_steps=tuple(bypass_steps),
            correlation_id=correlation_id,
        )

    @classmethod
    def key(cls) -> HandlerKey:
        """Namespace, name and version under which the handler is registered."""
        definition = cls.__dict__.get("definition")
        if definition is None:
            raise HandlerDefinitionError(
                f"{cls.__qualname__} is not registered: put @task_handler(...) above the class"
            )
        key: HandlerKey = definition.key
        return key

    def update_annotations(self, *arguments: Any, **options: Any) -> Iterable[Annotation]:
        """Override to leave notes on the task after each outcome; called only where overridden.

        Write it as ``update_annotations(self, sequence)``, or in the original engine's form as
        ``update_annotations(self, task, sequence, steps)``, where ``steps`` are those just worked on.
        """
        return ()


def task_handler(
    name: str,
    *,
    namespace: str = DEFAULT_NAMESPACE,
    version: str = DEFAULT_VERSION,
    dependent_system: str = "default",
    schema: type[Any] | JsonObject | object | None = None,
    factory: HandlerFactory | None = None,
) -> Callable[[H], H]:
    """Register a class as the handler of tasks called ``name``.

    Args:
        dependent_system: the system of those steps that name none.
        schema: what a context must look like: a JSON Schema, a dataclass, or a marshmallow schema.
        factory: where to register; the default factory unless given.

    Raises:
        HandlerDefinitionError: the steps form no valid graph, or another class holds this namespace, name and version.
    """

    def decorate(cls: H) -> H:
        if not (inspect.isclass(cls) and issubclass(cls, TaskHandler)):
            raise HandlerDefinitionError(f"@task_handler({name!r}): {cls!r} must be a subclass of TaskHandler")
        cls.definition = define(
            cls,
            key=(namespace, name, version),
            dependent_system=dependent_system,
            schema=schema if schema is not None else cls.schema,
            annotates=cls.update_annotations is not TaskHandler.update_annotations,
        )
        # A factory with nothing in it is false.
        (default_factory() if factory is None else factory).register(cls.definition)
        return cls

    return decorate
