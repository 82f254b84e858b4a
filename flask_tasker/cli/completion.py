"""Names for the shell to complete. They come from the app's code; no database is asked, which may be away."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator, Mapping

import click
from click.shell_completion import CompletionItem
from flask.cli import ScriptInfo

from ..extension.tasker import state_of
from ..handlers import HandlerDefinition
from .naming import spellings


def handler_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Of each handler the shortest name that begins so and is no other's."""
    meant = _kinds_by_spelling(_handlers(context))
    clear = {name: kinds for name, kinds in meant.items() if len(kinds) == 1 and name.startswith(incomplete)}
    shortest: dict[tuple[str, str], str] = {}
    for name, (kind,) in clear.items():
        shortest.setdefault(kind, name)
    return [CompletionItem(name) for name in sorted(shortest.values())]


def step_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The steps of all handlers that begin so."""
    names = {name for one in _handlers(context) for name in one.graph.templates}
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


def _kinds_by_spelling(known: Iterable[HandlerDefinition]) -> Mapping[str, set[tuple[str, str]]]:
    """Namespaces and names by how they may be written, the shortest way first."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in known:
        for name in spellings(one):
            found.setdefault(name, set()).add(one.key[:2])
    return found


def _handlers(context: click.Context) -> list[HandlerDefinition]:
    """The handlers of the app that the command line names; none where it cannot be loaded."""
    with _silence():
        try:
            info = context.find_object(ScriptInfo) or ScriptInfo()
            return list(state_of(info.load_app()).handlers)
        except (Exception, SystemExit):
            # Whatever is wrong with the app: the command itself will say so.
            return []


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """What an app prints while it is loaded would be taken for names, or stand in the middle of the line."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
