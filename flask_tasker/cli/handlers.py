"""``flask tasker handlers | graph``: what the app can do."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ..handlers import HandlerDefinition
from ..web.api.handlers import graph_of, handler_body
from .completion import handler_names
from .failing import clear_errors
from .naming import handler_named
from .options import as_json, state
from .output import say_json, show_table
from .svg import svg
from .view import Table


@click.command("handlers")
@click.option("--namespace", help="Only those of this namespace.")
@as_json
@with_appcontext
def handlers(namespace: str | None, as_json: bool) -> None:
    """List the handlers that this app has.

    \b
    Examples:
      flask tasker handlers
      flask tasker handlers --json | jq -r '.handlers[].full_name'
    """
    with clear_errors():
        found = [one for one in state().handlers if namespace in (None, one.key[0])]
    if as_json:
        say_json({"handlers": [handler_body(one) for one in found]})
    else:
        show_table(Table.of(["HANDLER", "STEPS", "DESCRIPTION"], [_row(one) for one in found]))


def _row(definition: HandlerDefinition) -> list[object]:
    return [definition.full_name, len(definition.graph.templates), definition.description.partition("\n")[0]]


@click.command("graph")
@click.argument("name", shell_complete=handler_names)
@click.option(
    "--format", "kind", type=click.Choice(["mermaid", "svg", "json"]), default="mermaid", show_default=True, help="How."
)
@with_appcontext
def graph(name: str, kind: str) -> None:
    """Print the graph of a handler's steps: what waits for what.

    NAME is that of a handler, with its namespace where two have it, and a version unless it is the highest.

    \b
    Examples:
      flask tasker graph fulfil_order > fulfil_order.mmd
      flask tasker graph fulfil_order --format svg > fulfil_order.svg
      flask tasker graph shop/fulfil_order@1.10 --format json | jq .graph.levels
    """
    with clear_errors():
        definition = handler_named(state().handlers, name)
    drawn = graph_of(definition)
    if kind != "json":
        # They escape what is not plain themselves.
        click.echo(drawn.mermaid() if kind == "mermaid" else svg(drawn, title=definition.full_name), nl=False)
        return
    nodes = [{"name": node.name, "level": drawn.level_of[node.key]} for node in drawn.nodes]
    edges = [{"parent": parent, "child": child} for parent, child in drawn.edges]
    say_json({"graph": {"nodes": nodes, "edges": edges, "levels": [list(level) for level in drawn.levels]}})
