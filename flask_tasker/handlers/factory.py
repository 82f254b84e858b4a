"""Which handler works on which task."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import HandlerDefinitionError, UnknownHandlerError
from ..typing import HandlerKey
from .request import DEFAULT_NAMESPACE

if TYPE_CHECKING:
    from .definition import HandlerDefinition


class HandlerFactory:
    """Finds a handler by namespace, name and version. An ordinary object: a ``Tasker`` may be given its own."""

    def __init__(self) -> None:
        self._definitions: dict[HandlerKey, HandlerDefinition] = {}
        self._lock = threading.Lock()

    def register(self, definition: HandlerDefinition) -> None:
        """Take a handler; the same module and class again replaces the earlier one (reload, tests).

        Raises:
            HandlerDefinitionError: another class holds the namespace, name and version.
        """
        with self._lock:
            known = self._definitions.get(definition.key)
            if known is not None and known.origin != definition.origin:
                raise HandlerDefinitionError(
                    f"handler {definition.full_name} is registered twice: by {'.'.join(known.origin)} and by "
                    f"{'.'.join(definition.origin)}; give one of them another name, namespace or version"
                )
            # A new mapping: whoever iterates over the old one is not disturbed.
            self._definitions = {**self._definitions, definition.key: definition}

    def find(self, key: HandlerKey) -> HandlerDefinition | None:
        """The handler of exactly this key, or ``None``."""
        return self._definitions.get(key)

    def get(self, name: str, *, namespace: str = DEFAULT_NAMESPACE, version: str | None = None) -> HandlerDefinition:
        """The handler called ``name``; the numerically highest version unless one is named.

        Raises:
            UnknownHandlerError: there is none.
        """
        fitting = [
            definition
            for (space, known, number), definition in self._definitions.items()
            if space == namespace and known == name and version in (None, number)
        ]
        if not fitting:
            raise UnknownHandlerError(f"No task handler for {name}")
        return max(fitting, key=lambda definition: version_order(definition.key[2]))

    def keys(self) -> list[HandlerKey]:
        """All keys that have a handler, sorted."""
        return sorted(self._definitions)

    def __iter__(self) -> Iterator[HandlerDefinition]:
        return iter([self._definitions[key] for key in self.keys()])

    def __len__(self) -> int:
        return len(self._definitions)


def version_order(version: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts versions by their numbers: 1.10 after 1.9, and 1.0-rc1 before 1.0."""
    parts = re.split(r"[.\-+_]", version)
    numbers = tuple((1, int(part), "") if part.isascii() and part.isdigit() else (0, 0, part) for part in parts)
    # The end comes after a text and before a number.
    return (*numbers, (1, -1, ""))


_default = HandlerFactory()


def default_factory() -> HandlerFactory:
    """The factory that ``@task_handler`` registers with unless told otherwise."""
    return _default


def replace_default_factory(factory: HandlerFactory) -> HandlerFactory:
    """Make ``factory`` the default one, and give back the one it was; for tests."""
    global _default
    previous, _default = _default, factory
    return previous
