"""Which handler a name means."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import click

from ..handlers import HandlerDefinition, HandlerFactory
from ..handlers.factory import version_order


def handler_named(handlers: HandlerFactory, name: str) -> HandlerDefinition:
    """The handler called ``name``, ``namespace/name``, or either with ``@version``: without one the highest version.

    Raises:
        click.BadParameter: there is none, or there are several in different namespaces.
    """
    found = [one for one in handlers if name in spellings(one)]
    exact = [one for one in found if one.full_name == name]
    if exact:
        return exact[0]
    if not found:
        raise click.BadParameter(f"no handler {name!r}; {_hint(handlers, name)}", param_hint="NAME")
    if len({one.key[:2] for one in found}) > 1:
        names = ", ".join(one.full_name for one in found)
        raise click.BadParameter(f"{name!r} is the name of several: {names}; say which", param_hint="NAME")
    return max(found, key=lambda one: version_order(one.key[2]))


def spellings(definition: HandlerDefinition) -> Iterator[str]:
    """The names by which a handler may be called, from the shortest on."""
    namespace, name, version = definition.key
    yield from (name, f"{namespace}/{name}", f"{name}@{version}", definition.full_name)


def _hint(handlers: HandlerFactory, name: str) -> str:
    known = sorted({spelling for one in handlers for spelling in spellings(one)})
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    names = ", ".join(one.full_name for one in handlers)
    return f"known here: {names or 'none'}. A handler is registered when its module is imported: TASKER_HANDLERS"
